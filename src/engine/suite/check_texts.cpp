#include <set>

#include "engine/suite/detail/checks.h"
#include "engine/suite/walk.h"

namespace outpost::suite {
namespace {

class Checker {
 public:
  Checker(const App& app, Findings& findings) : app_(app), findings_(findings) {
    const auto found = app.strings.find("default");
    if (found != app.strings.end()) default_ = &found->second;
  }

  void Run() {
    if (default_ == nullptr) {
      findings_.Error(app_.profile.place, "there are no strings for the language \"default\"");
    }
    Visitor visitor;
    visitor.text = [this](const Text& text) { Check(text); };
    for (const Suite& suite : app_.suites) {
      for (const Menu& menu : suite.menus) Walk(menu, visitor);
      for (const Entry& entry : suite.entries) Walk(entry, visitor);
      for (const Detail& detail : suite.details) Walk(detail, visitor);
      for (const Endpoint& endpoint : suite.endpoints) Walk(endpoint, visitor);
    }
    for (const auto& [language, strings] : app_.strings) CheckLanguage(language, strings);
  }

 private:
  void Check(const Text& text) {
    if (text.parts.size() > kTextPartsMax) {
      findings_.Warning(text.place, "a text of " + std::to_string(text.parts.size()) +
                                        " parts: clients show at most 10");
    }
    for (const TextPart& part : text.parts) Check(part);
  }

  void Check(const TextPart& part) {
    if (part.kind != TextPart::Kind::kLocale) return;
    if (part.arguments.size() > kTextArgumentsMax) {
      findings_.Error(part.place, "a string with " + std::to_string(part.arguments.size()) +
                                      " arguments: clients take at most 10");
    }
    if (part.text.empty() || default_ == nullptr) return;
    if (default_->contains(part.text) || !told_.insert(part.text).second) return;
    findings_.Error(part.place, "the string \"" + part.text + "\" is not in the default language");
  }

  void CheckLanguage(const std::string& language, const Strings& strings) {
    if (default_ == nullptr) return;
    std::size_t count = 0;
    std::string first;
    for (const auto& [key, value] : strings) {
      if (default_->contains(key)) continue;
      if (++count == 1) first = key;
    }
    if (count == 0) return;
    findings_.Error(PlaceOf(language),
                    std::to_string(count) + " strings of the language \"" + language +
                        "\" are not in the default one, the first is \"" + first + "\"");
  }

  Place PlaceOf(const std::string& language) const {
    for (const AppFile& file : app_.files) {
      if (file.resource.kind == ResourceKind::kStrings && file.resource.language == language) {
        return file.resource.place;
      }
    }
    return {};
  }

  const App& app_;
  Findings& findings_;
  const Strings* default_ = nullptr;
  std::set<std::string> told_;
};

}  // namespace

void CheckTexts(const App& app, Findings& findings) { Checker(app, findings).Run(); }

}  // namespace outpost::suite
