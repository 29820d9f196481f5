#include "format/json/writer.h"
#include "insight/app_report/labels.h"
#include "insight/app_report/report.h"

namespace outpost::app_report {
namespace {

using namespace suite;

class Report {
 public:
  explicit Report(const App& app) : app_(app), json_(out_) {}

  std::string Run(const std::vector<Finding>& findings) {
    json_.BeginObject();
    Head();
    List("menus", MenusInOrder(app_), [this](const MenuPlace& menu) { OneMenu(menu); });
    Each("entries", &Suite::entries, [this](const Entry& entry) { OneEntry(entry); });
    Each("endpoints", &Suite::endpoints, [this](const Endpoint& one) { OneEndpoint(one); });
    Each("details", &Suite::details, [this](const Detail& detail) { OneDetail(detail); });
    Languages();
    List("resources", app_.files, [this](const AppFile& file) { OneFile(file); });
    List("findings", findings, [this](const Finding& finding) { OneFinding(finding); });
    json_.EndObject();
    return std::move(out_);
  }

 private:
  template <class Parts, class Show>
  void List(std::string_view key, const Parts& parts, const Show& show) {
    json_.Key(key);
    json_.BeginArray();
    for (const auto& part : parts) show(part);
    json_.EndArray();
  }
  template <class Part, class Show>
  void Each(std::string_view key, std::vector<Part> Suite::*parts, const Show& show) {
    json_.Key(key);
    json_.BeginArray();
    for (const Suite& suite : app_.suites) {
      for (const Part& part : suite.*parts) show(part);
    }
    json_.EndArray();
  }
  void Optional(std::string_view key, const std::string& text) {
    if (!text.empty()) json_.Member(key, text);
  }
  void Optional(std::string_view key, const std::optional<Xpath>& xpath) {
    if (xpath) json_.Member(key, xpath->text);
  }
  void Where(const Place& place) {
    json_.Member("file", place.file);
    json_.Member("line", static_cast<std::int64_t>(place.line));
  }

  void Head() {
    const Profile& profile = app_.profile;
    json_.Member("id", profile.unique_id);
    json_.Member("name", profile.name);
    json_.Member("version", profile.version);
    if (profile.required) {
      const auto& required = *profile.required;
      json_.Member("client_version_min", std::to_string(required.major) + "." +
                                             std::to_string(required.minor) + "." +
                                             std::to_string(required.minimal));
    }
    json_.Member("profile", app_.profile_path);
    json_.Member("media_missing", static_cast<std::int64_t>(app_.media_missing));
    Optional("practice_user", app_.practice_user);
  }

  void OneMenu(const MenuPlace& place) {
    const auto blocks = MenuBlocks(app_, place.id);
    const Menu& first = *blocks.front();
    json_.BeginObject();
    json_.Member("id", place.id);
    json_.Member("title", LabelOf(app_, first.display.label));
    json_.Member("root", first.root);
    json_.Member("is_reached", place.is_reached);
    Optional("style", MenuStyle(app_, place.id));
    List("blocks", blocks, [this](const Menu* block) { OneBlock(*block); });
    json_.EndObject();
  }

  void OneBlock(const Menu& menu) {
    json_.BeginObject();
    Where(menu.place);
    Optional("relevant", menu.relevant);
    List("commands", menu.commands, [this](const MenuCommand& command) {
      json_.BeginObject();
      json_.Member("id", command.id);
      json_.Member("has_entry", FindEntry(app_, command.id) != nullptr);
      Optional("relevant", command.relevant);
      json_.EndObject();
    });
    Assertions(menu.assertions);
    json_.EndObject();
  }

  void Assertions(const std::vector<Assertion>& assertions) {
    List("assertions", assertions, [this](const Assertion& assertion) {
      json_.BeginObject();
      json_.Member("test", assertion.test.text);
      json_.Member("text", LabelOf(app_, assertion.text));
      json_.EndObject();
    });
  }

  void OneEntry(const Entry& entry) {
    json_.BeginObject();
    json_.Member("id", entry.command_id);
    json_.Member("title", LabelOf(app_, entry.display.label));
    json_.Member("kind", NameOf(entry.kind));
    Where(entry.place);
    if (!entry.form.empty()) {
      json_.Member("form", entry.form);
      const auto* form = FindForm(app_, entry.form);
      json_.Member("has_form", form != nullptr);
      if (form != nullptr) json_.Member("form_title", form->title);
    }
    List("needs", entry.datums, [this](const Datum& datum) { OneDatum(datum); });
    Assertions(entry.assertions);
    if (entry.post) {
      json_.Key("post");
      json_.BeginObject();
      json_.Member("url", entry.post->url);
      Optional("relevant", entry.post->relevant);
      json_.EndObject();
    }
    Stack(entry.stack);
    json_.EndObject();
  }

  void OneDatum(const Datum& datum) {
    json_.BeginObject();
    json_.Member("id", datum.id);
    json_.Member("kind", NameOf(datum.kind));
    Optional("function", datum.function.text);
    Optional("nodeset", datum.nodeset.text);
    Optional("value", datum.value.text);
    Optional("detail_select", datum.detail_select);
    Optional("detail_confirm", datum.detail_confirm);
    Optional("detail_inline", datum.detail_inline);
    Optional("detail_persistent", datum.detail_persistent);
    if (datum.is_auto_selected) json_.Member("is_auto_selected", true);
    if (datum.kind == Datum::Kind::kMultiEntity) {
      json_.Member("selected_max", static_cast<std::int64_t>(datum.selected_max));
    }
    if (datum.query) {
      json_.Member("url", datum.query->url);
      json_.Member("runs_at_once", datum.query->runs_at_once);
      List("prompts", datum.query->prompts, [this](const Prompt& prompt) { OnePrompt(prompt); });
    }
    json_.EndObject();
  }

  void OnePrompt(const Prompt& prompt) {
    json_.BeginObject();
    json_.Member("key", prompt.key);
    json_.Member("title", LabelOf(app_, prompt.display.label));
    Optional("input", prompt.input);
    json_.Member("is_required", prompt.required.has_value());
    json_.EndObject();
  }

  void Stack(const std::vector<StackOperation>& stack) {
    static const char* const kWords[] = {"create", "push", "clear"};
    List("stack", stack, [this](const StackOperation& operation) {
      json_.BeginObject();
      json_.Member("operation", kWords[static_cast<int>(operation.kind)]);
      Optional("if", operation.condition);
      json_.Member("steps", StepsOf(operation));
      json_.EndObject();
    });
  }

  void OneEndpoint(const Endpoint& endpoint) {
    json_.BeginObject();
    json_.Member("id", endpoint.id);
    Where(endpoint.place);
    json_.Member("respects_relevancy", endpoint.respects_relevancy);
    List("arguments", endpoint.arguments,
         [this](const EndpointArgument& argument) { json_.String(argument.id); });
    Stack(endpoint.stack);
    json_.EndObject();
  }

  void OneDetail(const Detail& detail) {
    json_.BeginObject();
    json_.Member("id", detail.id);
    json_.Member("title", LabelOf(app_, detail.title.label));
    Where(detail.place);
    json_.Member("is_tiles", ShowsTiles(detail));
    Optional("nodeset", detail.nodeset);
    Optional("relevant", detail.relevant);
    List("columns", detail.fields, [this](const Field& field) { OneField(field); });
    List("actions", detail.actions, [this](const Action& action) {
      json_.BeginObject();
      json_.Member("title", LabelOf(app_, action.display.label));
      Optional("relevant", action.relevant);
      Stack(action.stack);
      json_.EndObject();
    });
    List("tabs", detail.tabs, [this](const Detail& tab) { OneDetail(tab); });
    json_.EndObject();
  }

  void OneField(const Field& field) {
    json_.BeginObject();
    json_.Member("header", LabelOf(app_, field.header));
    json_.Member("shows", ContentOf(app_, field));
    Optional("form", field.form);
    Optional("width", field.width);
    Optional("relevant", field.relevant);
    if (field.sort) {
      json_.Key("sort");
      json_.BeginObject();
      json_.Member("type", NameOf(field.sort->type));
      if (field.sort->order) json_.Member("order", static_cast<std::int64_t>(*field.sort->order));
      json_.Member("is_descending", field.sort->is_descending);
      json_.Member("has_blanks_last", field.sort->has_blanks_last);
      json_.EndObject();
    }
    json_.EndObject();
  }

  void Languages() {
    List("languages", app_.strings, [this](const auto& entry) {
      json_.BeginObject();
      json_.Member("language", entry.first);
      json_.Member("strings", static_cast<std::int64_t>(entry.second.size()));
      List("missing", MissingKeys(app_, entry.first),
           [this](const std::string& key) { json_.String(key); });
      json_.EndObject();
    });
  }

  void OneFile(const AppFile& file) {
    const Resource& resource = file.resource;
    json_.BeginObject();
    json_.Member("kind", ElementOf(resource.kind));
    json_.Member("id", resource.id);
    json_.Member("version", resource.version);
    Optional("descriptor", resource.descriptor);
    Optional("path", file.path);
    json_.Member("is_there", !file.path.empty());
    json_.Member("is_lazy", resource.is_lazy);
    Optional("language", resource.language);
    json_.EndObject();
  }

  void OneFinding(const Finding& finding) {
    json_.BeginObject();
    json_.Member("severity", NameOf(finding.severity));
    Where(finding.place);
    Optional("element", finding.place.element);
    json_.Member("text", finding.text);
    json_.EndObject();
  }

  const App& app_;
  std::string out_;
  json::Writer json_;
};

}  // namespace

std::string RenderJson(const App& app, const std::vector<Finding>& findings) {
  return Report(app).Run(findings);
}

}  // namespace outpost::app_report
