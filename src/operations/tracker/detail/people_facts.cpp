#include <fmt/format.h>

#include <set>

#include "domain/people/access.h"
#include "domain/people/accounts.h"
#include "domain/projects/projects.h"
#include "operations/tracker/detail/facts.h"

namespace outpost::operations::detail {
namespace {

constexpr std::string_view kEditApps = "edit_apps";
/// People are asked for page by page, and no more than so many pages.
constexpr int kPage = 500;
constexpr int kPagesMax = 20;

/// User names of active web users who may edit the apps of a project space.
void AddEditors(sql::Connection& reader, const projects::Project& project,
                std::set<std::string>& editors) {
  std::string after;
  for (int page = 0; page < kPagesMax; ++page) {
    const auto members = people::List(reader, project.row, kPage, after);
    for (const auto& member : members) {
      if (member.kind == people::Kind::kWebUser && member.state == people::State::kActive &&
          people::AccessOf(reader, member, project.row).May(kEditApps)) {
        editors.insert(member.username);
      }
    }
    if (members.size() < static_cast<std::size_t>(kPage)) return;
    after = members.back().username;
  }
}

}  // namespace

void AddPeopleFacts(sql::Connection& reader, Facts& facts) {
  std::set<std::string> editors;
  const auto projects = projects::List(reader);
  for (const auto& project : projects) AddEditors(reader, project, editors);
  auto& fact = facts["Q2.4.1"];
  fact.figures = {{"people", std::to_string(editors.size())},
                  {"projects", std::to_string(projects.size())}};
  if (editors.empty()) {
    fact.sentence =
        fmt::format("not yet: needs a web user who may edit apps; there are {} project spaces",
                    projects.size());
    return;
  }
  constexpr std::size_t kNamed = 10;
  std::string names;
  std::size_t named = 0;
  for (const auto& name : editors) {
    if (named++ == kNamed) break;
    names += (names.empty() ? "" : ", ") + name;
  }
  if (editors.size() > kNamed) names += fmt::format(" and {} more", editors.size() - kNamed);
  fact.verdict = transition::Verdict::kHolds;
  fact.sentence = fmt::format("{} people may edit apps: {}", editors.size(), names);
}

}  // namespace outpost::operations::detail
