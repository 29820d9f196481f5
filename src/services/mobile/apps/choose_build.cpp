#include "services/mobile/apps/choose_build.h"

#include <algorithm>
#include <vector>

#include "domain/locations/assignment.h"

namespace outpost::mobile {
namespace {

constexpr std::string_view kSignInFirst =
    R"({"error": "app.update.not.allowed.user.logged_out", )"
    R"("default_response": "Please log in to the app to check for an update."})";

/// Rows of the user's own location and those above it, nearest first.
std::vector<std::int64_t> LocationsOf(AppContext& context, sql::Connection& connection,
                                      const projects::Project& project, std::string_view username) {
  const auto account =
      people::FindByUsername(connection, people::FullUsername(username, project.name));
  if (!account) return {};
  const auto assignment = locations::AssignmentOf(connection, project.row, account->row);
  const auto* primary = assignment.Primary();
  if (primary == nullptr) return {};
  const auto tree = context.trees.Get(connection, project.row);
  std::vector<std::int64_t> rows;
  const int own = locations::FindRow(*tree, primary->row);
  if (own < 0) return {};
  for (const int place : locations::PathOf(*tree, own)) rows.push_back(tree->At(place).row);
  std::reverse(rows.begin(), rows.end());
  return rows;
}

}  // namespace

std::optional<apps::Build> NewestFor(AppContext& context, sql::Connection& connection,
                                     const projects::Project& project, const apps::Named& named,
                                     std::string_view username) {
  if (named.app.settings.releases_by_location && !username.empty()) {
    const auto rows = LocationsOf(context, connection, project, username);
    const auto released = apps::ReleasedAt(connection, named.app, rows);
    if (released && (!named.build || released->version >= named.build->version)) return released;
  }
  return apps::ChooseLatest(connection, named, apps::Target::kRelease);
}

ChosenBuild ChooseBuild(AppContext& context, sql::Connection& connection,
                        const http::Request& request, const apps::Named& named) {
  ChosenBuild chosen;
  chosen.is_latest = request.QueryValue("latest") == "true";
  if (!chosen.is_latest) {
    chosen.build = apps::ChooseNamed(connection, named);
    return chosen;
  }
  const auto target = apps::TargetOf(request.QueryValue("target").value_or(""));
  const auto username = request.QueryValue("username").value_or("");
  if (named.app.settings.releases_by_location && username.empty()) {
    chosen.refusal = kSignInFirst;
    return chosen;
  }
  if (target == apps::Target::kRelease) {
    const auto project = ProjectOf(context, request);
    chosen.build = NewestFor(context, connection, *project, named, username);
  } else {
    chosen.build = apps::ChooseLatest(connection, named, target);
  }
  return chosen;
}

}  // namespace outpost::mobile
