#include <algorithm>

#include "insight/app_report/labels.h"
#include "insight/app_report/report.h"

namespace outpost::app_report {
namespace {

using namespace suite;

/// Missing keys that are named; the rest is counted.
constexpr std::size_t kKeysNamed = 10;

std::string Quoted(const std::string& label) { return "\"" + label + "\""; }

class Report {
 public:
  explicit Report(const App& app) : app_(app) {}

  std::string Run(const std::vector<Finding>& findings) {
    Head();
    Line(0, "");
    Line(0, "Menus");
    for (const MenuPlace& place : MenusInOrder(app_)) Menu(place);
    const auto others = EntriesBesideMenus(app_);
    if (!others.empty()) Line(0, "\nEntries beside the menus");
    for (const suite::Entry* entry : others) Entry(*entry, 1);
    Endpoints();
    Details();
    Languages();
    Resources();
    Line(0, "\nFindings");
    for (const Finding& finding : findings) Line(1, RenderFinding(finding));
    if (findings.empty()) Line(1, "none");
    return std::move(out_);
  }

 private:
  void Line(int depth, const std::string& text) {
    out_.append(static_cast<std::size_t>(depth) * 2, ' ').append(text).append("\n");
  }

  void Head() {
    const Profile& profile = app_.profile;
    std::string line = (profile.name.empty() ? "App without name" : profile.name) + ", version " +
                       std::to_string(profile.version);
    if (!profile.unique_id.empty()) line += ", id " + profile.unique_id;
    Line(0, line);
    if (profile.required) {
      const auto& required = *profile.required;
      Line(0, "needs CommCare " + std::to_string(required.major) + "." +
                  std::to_string(required.minor) + "." + std::to_string(required.minimal));
    }
    std::string counts = std::to_string(app_.suites.size()) + " suites, " +
                         std::to_string(app_.forms.size()) + " forms, " +
                         std::to_string(app_.strings.size()) + " languages";
    if (app_.media_missing != 0) {
      counts += ", " + std::to_string(app_.media_missing) + " media files missing";
    }
    if (!app_.practice_user.empty()) counts += ", practice user " + app_.practice_user;
    Line(0, counts);
  }

  void Menu(const MenuPlace& place) {
    const auto blocks = MenuBlocks(app_, place.id);
    const suite::Menu& first = *blocks.front();
    std::string line = place.id + " " + Quoted(LabelOf(app_, first.display.label));
    if (const auto style = MenuStyle(app_, place.id); !style.empty()) line += ", " + style;
    if (first.root == kTrainingRoot) line += ", training";
    if (!place.is_reached) line += ", not reached from home";
    Line(place.depth + 1, line);
    for (const suite::Menu* block : blocks) {
      const int depth = place.depth + 2;
      if (block->relevant) Line(depth, "only if " + block->relevant->text);
      for (const Assertion& assertion : block->assertions) {
        Line(depth, "demands " + assertion.test.text);
      }
      for (const MenuCommand& command : block->commands) Command(command, depth);
    }
  }

  void Command(const MenuCommand& command, int depth) {
    const auto* entry = FindEntry(app_, command.id);
    if (entry == nullptr) return Line(depth, command.id + " (no such entry)");
    Entry(*entry, depth);
    if (command.relevant) Line(depth + 1, "only if " + command.relevant->text);
  }

  void Entry(const suite::Entry& entry, int depth) {
    std::string line = entry.command_id + " " + Quoted(LabelOf(app_, entry.display.label));
    if (entry.kind != Entry::Kind::kForm) line += ", " + std::string(NameOf(entry.kind));
    if (!entry.form.empty()) {
      const auto* form = FindForm(app_, entry.form);
      line += ", opens " + (form == nullptr ? entry.form + " (no such form)" : Quoted(form->title));
    }
    Line(depth, line);
    for (const suite::Datum& datum : entry.datums) Datum(datum, depth + 1);
    if (entry.post) {
      Line(depth + 1, "posts to " + entry.post->url + Condition(entry.post->relevant));
    }
    for (const Assertion& assertion : entry.assertions) {
      Line(depth + 1, "demands " + assertion.test.text);
    }
    Stack(entry.stack, depth + 1);
  }

  static std::string Condition(const std::optional<Xpath>& condition) {
    return condition ? " if " + condition->text : std::string();
  }

  void Stack(const std::vector<StackOperation>& stack, int depth) {
    static const char* const kWords[] = {"then goes to ", "then adds ", "then drops the frame"};
    for (const StackOperation& operation : stack) {
      Line(depth, kWords[static_cast<int>(operation.kind)] + StepsOf(operation) +
                      Condition(operation.condition));
    }
  }

  void Datum(const suite::Datum& datum, int depth) {
    if (datum.query) return Search(*datum.query, depth);
    if (datum.kind == Datum::Kind::kComputed || datum.kind == Datum::Kind::kFormId) {
      return Line(depth, "needs " + (datum.id.empty() ? "the form's xmlns" : datum.id) + " = " +
                             datum.function.text);
    }
    std::string line = "needs " + datum.id;
    if (datum.kind == Datum::Kind::kMultiEntity) {
      line += " (up to " + std::to_string(datum.selected_max) + ")";
    }
    line += " from " + datum.nodeset.text;
    const std::pair<const char*, const std::string*> details[] = {
        {", list ", &datum.detail_select},
        {", detail ", &datum.detail_confirm},
        {", inline ", &datum.detail_inline},
        {", persistent ", &datum.detail_persistent}};
    for (const auto& [word, id] : details) {
      if (!id->empty()) line += word + *id;
    }
    if (datum.is_auto_selected) line += ", taken without asking where there is one";
    Line(depth, line);
  }

  void Search(const Query& query, int depth) {
    Line(depth, "searches " + query.storage_instance + " at " + query.url +
                    (query.runs_at_once ? ", at once" : ""));
    for (const Prompt& prompt : query.prompts) {
      Line(depth + 1, "asks " + prompt.key + " " + Quoted(LabelOf(app_, prompt.display.label)) +
                          (prompt.input.empty() ? "" : ", " + prompt.input) +
                          (prompt.required ? ", required" : ""));
    }
  }

  void Endpoints() {
    bool has_head = false;
    for (const Suite& suite : app_.suites) {
      for (const Endpoint& endpoint : suite.endpoints) {
        if (!has_head) Line(0, "\nEndpoints");
        has_head = true;
        std::string line = endpoint.id;
        for (const auto& argument : endpoint.arguments) line += " $" + argument.id;
        Line(1, line);
        Stack(endpoint.stack, 2);
      }
    }
  }

  void Details() {
    Line(0, "\nDetails");
    for (const Suite& suite : app_.suites) {
      for (const Detail& detail : suite.details) OneDetail(detail, 1);
    }
  }

  void OneDetail(const Detail& detail, int depth) {
    const std::string label = Quoted(LabelOf(app_, detail.title.label));
    Line(depth, (detail.id.empty() ? "tab " : detail.id + " ") + label +
                    (ShowsTiles(detail) ? ", tiles" : "") +
                    (detail.nodeset ? ", rows of " + detail.nodeset->text : "") +
                    Condition(detail.relevant));
    for (const Field& field : detail.fields) {
      const auto sorting = SortingOf(field);
      Line(depth + 1, Quoted(LabelOf(app_, field.header)) + ": " + ContentOf(app_, field) +
                          (field.width == "0" ? ", hidden" : "") +
                          (field.form.empty() ? "" : ", as " + field.form) +
                          (sorting.empty() ? "" : ", sorted " + sorting));
    }
    for (const Action& action : detail.actions) {
      Line(depth + 1,
           "action " + Quoted(LabelOf(app_, action.display.label)) + Condition(action.relevant));
      Stack(action.stack, depth + 2);
    }
    for (const Detail& tab : detail.tabs) OneDetail(tab, depth + 1);
  }

  void Languages() {
    Line(0, "\nLanguages");
    for (const auto& [language, strings] : app_.strings) {
      std::string line = language + ": " + std::to_string(strings.size()) + " strings";
      const auto missing = MissingKeys(app_, language);
      if (!missing.empty()) line += ", " + std::to_string(missing.size()) + " missing: ";
      for (std::size_t i = 0; i < std::min(missing.size(), kKeysNamed); ++i) {
        line += (i == 0 ? "" : ", ") + missing[i];
      }
      if (missing.size() > kKeysNamed) line += ", …";
      Line(1, line);
    }
  }

  void Resources() {
    Line(0, "\nResources");
    for (const AppFile& file : app_.files) {
      const Resource& resource = file.resource;
      std::string line = std::string(ElementOf(resource.kind)) + " " + resource.id + ", version " +
                         std::to_string(resource.version) + ", ";
      line += file.path.empty() ? "missing" : file.path;
      if (!resource.language.empty()) line += ", " + resource.language;
      if (resource.is_lazy) line += ", lazy";
      Line(1, line);
    }
  }

  const App& app_;
  std::string out_;
};

}  // namespace

std::string RenderText(const App& app, const std::vector<Finding>& findings) {
  return Report(app).Run(findings);
}

std::string RenderFinding(const Finding& finding) {
  return std::string(NameOf(finding.severity)) + " " + RenderPlace(finding.place) + ": " +
         finding.text;
}

}  // namespace outpost::app_report
