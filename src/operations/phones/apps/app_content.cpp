#include "operations/phones/apps/app_content.h"

#include <set>

#include "base/problem.h"
#include "base/text.h"
#include "engine/suite/strings.h"
#include "engine/suite/suite.h"
#include "format/xml/xml.h"
#include "operations/phones/restore_reader.h"

namespace outpost::phones {
namespace {

constexpr std::string_view kDefaultLanguage = "default";
constexpr std::string_view kFormsNamespace = "http://www.w3.org/2002/xforms";

/// What the parser said, or empty.
template <typename Use>
Fault Reading(Use use) {
  try {
    return use();
  } catch (const Problem& problem) {
    if (problem.kind() != ProblemKind::kMalformed) throw;
    return "line " + std::to_string(problem.position().line) + ": " + problem.told();
  }
}

}  // namespace

Fault CheckSuite(std::string_view xml, const std::string& id,
                 std::vector<suite::Resource>& resources) {
  return Reading([&]() -> Fault {
    resources = suite::ReadSuite(xml, id).resources;
    return {};
  });
}

Fault CheckForm(std::string_view xml, std::string& xmlns) {
  return Reading([&]() -> Fault {
    const auto document = xml::Document::Parse(xml);
    const auto head = document.root().child("head");
    const auto model = head ? head->child("model") : std::nullopt;
    const auto instance = model ? model->child("instance") : std::nullopt;
    const auto data = instance ? instance->first_child() : std::nullopt;
    if (!data) return "a form without an instance";
    if (data->uri().empty() || data->uri() == kFormsNamespace) return "a form without an xmlns";
    xmlns = data->uri();
    return {};
  });
}

Fault CheckPracticeRestore(std::string_view xml, PhoneStore& store) {
  store = {};
  const auto read = ApplyRestore(xml, store);
  if (!read.is_accepted) return read.refusal;
  const auto type = store.user_data.find("user_type");
  if (type == store.user_data.end() || type->second != "demo") {
    return "Demo user restore file must be for a user with user_type set to demo";
  }
  if (store.username.empty()) {
    return "Demo user restore file must specify a username in the Registration block";
  }
  return {};
}

Fault CheckStrings(const std::vector<std::pair<std::string, std::string>>& files) {
  suite::Strings known;
  for (const auto& [language, content] : files) {
    if (language == kDefaultLanguage) known.merge(suite::ReadStrings(content, language));
  }
  for (const auto& [language, content] : files) {
    for (const auto& [key, value] : suite::ReadStrings(content, language)) {
      if (!known.contains(key)) return language + " has the string " + key + ", default has not";
    }
  }
  return {};
}

}  // namespace outpost::phones
