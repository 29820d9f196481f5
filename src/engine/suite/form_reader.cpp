#include <algorithm>

#include "engine/suite/detail/app_parts.h"
#include "engine/suite/detail/node.h"

namespace outpost::suite {
namespace {

/// The languages of <itext>, the default one first.
std::vector<std::string> LanguagesOf(const Node& model) {
  std::vector<std::string> languages;
  const auto itext = model.Child("itext");
  if (!itext) return languages;
  for (const Node& child : itext->Children()) {
    const auto language = child.Get("lang");
    if (!child.Is("translation") || language.empty()) continue;
    const bool is_default = child.Find("default").has_value();
    languages.insert(is_default ? languages.begin() : languages.end(), language);
  }
  return languages;
}

void TakeModel(const Node& model, FormFile& form) {
  const auto instance = model.Child("instance");
  if (!instance) model.Refuse("needs an <instance>");
  const auto data = instance->FirstChild();
  if (!data) instance->Refuse("needs an element");
  form.xmlns = data->uri();
  // Inherited from the form's own namespace: nobody gave the data one.
  if (form.xmlns.empty() || form.xmlns == instance->uri()) data->Refuse("needs an xmlns");
  form.languages = LanguagesOf(model);
}

}  // namespace

FormFile ReadForm(std::string_view xml, const std::string& path) {
  FormFile form;
  form.path = path;
  WithRoot(xml, path, [&](const Node& root) {
    const auto head = root.Child("head");
    if (!head) root.Refuse("needs a <head>");
    if (const auto title = head->Child("title")) form.title = title->TrimmedText();
    const auto model = head->Child("model");
    if (!model) head->Refuse("needs a <model>");
    TakeModel(*model, form);
  });
  return form;
}

std::string ReadPracticeUser(std::string_view xml, const std::string& path) {
  std::string name;
  WithRoot(xml, path, [&](const Node& root) {
    const auto registration = root.Child("Registration");
    if (!registration) root.Refuse("needs a <Registration>");
    if (const auto username = registration->Child("username")) name = username->TrimmedText();
    const auto data = registration->Child("user_data");
    const auto entries = data ? data->Children() : std::vector<Node>();
    const bool is_practice = std::any_of(entries.begin(), entries.end(), [](const Node& entry) {
      return entry.Get("key") == "user_type" && entry.TrimmedText() == "demo";
    });
    if (!is_practice) {
      registration->Refuse(
          "is of no practice user: Demo user restore file must be for a user with user_type set "
          "to demo");
    }
  });
  return name;
}

}  // namespace outpost::suite
