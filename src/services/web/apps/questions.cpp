#include "services/web/apps/questions.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/text.h"
#include "format/xml/xml.h"

namespace outpost::web {
namespace {

constexpr std::string_view kCaseNamespace = "http://commcarehq.org/case/transaction/v2";

using Texts = std::map<std::string, std::string, std::less<>>;

template <class Visit>
void EachChild(const xml::Element& parent, Visit visit) {
  for (auto child = parent.first_child(); child; child = child->next_sibling()) visit(*child);
}

/// itext of one language: id to text.
Texts ReadTexts(const xml::Element& model, std::string_view language) {
  Texts texts;
  const auto itext = model.child("itext");
  if (!itext) return texts;
  std::optional<xml::Element> chosen;
  EachChild(*itext, [&](const xml::Element& translation) {
    const bool is_wanted = translation.attribute("lang") == language;
    const bool is_default = translation.attribute("default").has_value();
    if (!chosen || is_wanted || (is_default && chosen->attribute("lang") != language)) {
      chosen = translation;
    }
  });
  if (!chosen) return texts;
  EachChild(*chosen, [&](const xml::Element& text) {
    EachChild(text, [&](const xml::Element& value) {
      if (value.attribute("form")) return;
      texts[std::string(text.attribute("id").value_or(""))] = std::string(Trim(value.text()));
    });
  });
  return texts;
}

struct Bind {
  std::string type;
};
struct TypeName {
  std::string_view xsd, name;
};
constexpr std::array kTypes{TypeName{"int", "Int"},           TypeName{"integer", "Int"},
                            TypeName{"long", "Long"},         TypeName{"double", "Double"},
                            TypeName{"decimal", "Decimal"},   TypeName{"date", "Date"},
                            TypeName{"time", "Time"},         TypeName{"dateTime", "DateTime"},
                            TypeName{"geopoint", "Geopoint"}, TypeName{"barcode", "Barcode"}};

std::string TypeOf(std::string_view tag, std::string_view bind_type, std::string_view media) {
  if (tag == "select1") return "Select";
  if (tag == "select") return "MSelect";
  if (tag == "trigger") return "Trigger";
  if (tag == "secret") return "Secret";
  if (tag == "upload") {
    if (media.starts_with("audio")) return "Audio";
    if (media.starts_with("video")) return "Video";
    return media.starts_with("image") ? "Image" : "Document";
  }
  const auto colon = bind_type.find(':');
  if (colon != std::string_view::npos) bind_type.remove_prefix(colon + 1);
  for (const auto& known : kTypes) {
    if (known.xsd == bind_type) return std::string(known.name);
  }
  return "Text";
}

class Reader {
 public:
  Reader(const xml::Element& model, std::string_view language)
      : texts_(ReadTexts(model, language)) {
    EachChild(model, [&](const xml::Element& child) {
      if (child.name() != "bind") return;
      const auto nodeset = child.attribute("nodeset").value_or("");
      binds_[std::string(nodeset)] = std::string(child.attribute("type").value_or(""));
    });
  }

  void ReadBody(const xml::Element& parent, const std::string& group, const std::string& repeat) {
    EachChild(parent, [&](const xml::Element& child) { ReadControl(child, group, repeat); });
  }

  void ReadData(const xml::Element& parent, const std::string& path) {
    EachChild(parent, [&](const xml::Element& child) {
      if (child.uri() == kCaseNamespace || child.name() == "case") return ReadCase(child);
      if (child.name() == "meta") return;
      const auto own = path + "/" + std::string(child.name());
      if (child.has_children()) return ReadData(child, own);
      if (!shown_.contains(own)) {
        outline_.questions.push_back({own, "hidden", own, "DataBindOnly", "", "", {}});
      }
    });
  }

  FormOutline Take() {
    outline_.case_properties.assign(properties_.begin(), properties_.end());
    return std::move(outline_);
  }

 private:
  std::string LabelOf(const xml::Element& control) const {
    const auto label = control.child("label");
    if (!label) return {};
    std::string_view ref = label->attribute("ref").value_or("");
    constexpr std::string_view kLead = "jr:itext('";
    if (!ref.starts_with(kLead)) return std::string(Trim(label->text()));
    ref.remove_prefix(kLead.size());
    const auto found = texts_.find(ref.substr(0, ref.find('\'')));
    return found == texts_.end() ? std::string() : found->second;
  }

  void ReadControl(const xml::Element& control, const std::string& group,
                   const std::string& repeat) {
    const auto tag = control.name();
    const std::string ref(control.attribute("ref").value_or(
        control.attribute("nodeset").value_or(control.attribute("bind").value_or(""))));
    if (tag == "group") return ReadBody(control, ref.empty() ? group : ref, repeat);
    if (tag == "repeat") return ReadBody(control, ref, ref);
    static const std::set<std::string_view> kControls{"input",  "select1", "select",
                                                      "upload", "secret",  "trigger"};
    if (!kControls.contains(tag) || ref.empty()) return;
    FormQuestion question;
    question.label = LabelOf(control);
    question.tag = tag;
    question.value = ref;
    const auto bind = binds_.find(ref);
    question.type = TypeOf(tag, bind == binds_.end() ? "" : bind->second,
                           control.attribute("mediatype").value_or(""));
    question.group = group;
    question.repeat = repeat;
    EachChild(control, [&](const xml::Element& child) {
      if (child.name() != "item") return;
      const auto value = child.child("value");
      question.options.push_back({LabelOf(child), value ? std::string(Trim(value->text())) : ""});
    });
    shown_.insert(ref);
    outline_.questions.push_back(std::move(question));
  }

  void ReadCase(const xml::Element& block) {
    EachChild(block, [&](const xml::Element& action) {
      if (action.name() != "update" && action.name() != "create") return;
      EachChild(action, [&](const xml::Element& property) {
        const std::string name(property.name());
        if (name != "case_type" && name != "owner_id") properties_.insert(name);
      });
    });
  }

  Texts texts_;
  Texts binds_;
  std::set<std::string, std::less<>> shown_;
  std::set<std::string> properties_;
  FormOutline outline_;
};

}  // namespace

FormOutline ReadFormOutline(std::string_view xml, std::string_view language) {
  const auto document = xml::Document::Parse(xml);
  const auto head = document.root().child("head");
  const auto model = head ? head->child("model") : std::nullopt;
  if (!model) return {};
  Reader reader(*model, language);
  if (const auto body = document.root().child("body")) reader.ReadBody(*body, "", "");
  const auto instance = model->child("instance");
  if (const auto data = instance ? instance->first_child() : std::nullopt) {
    reader.ReadData(*data, "/" + std::string(data->name()));
  }
  return reader.Take();
}

}  // namespace outpost::web
