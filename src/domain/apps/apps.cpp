#include "domain/apps/apps.h"

#include <boost/json.hpp>

#include "base/problem.h"
#include "domain/apps/detail/build_row.h"

namespace outpost::apps {
namespace {

constexpr std::string_view kAppColumns =
    "SELECT id, project, app_id, short_code, name, settings, created_on, is_deleted FROM apps ";

App AppOf(const sql::Rows& row) {
  App app;
  app.row = row.Int(0);
  app.project = row.Int(1);
  app.app_id = row.String(2);
  app.short_code = row.String(3);
  app.name = row.String(4);
  app.settings = ReadAppSettings(row.Text(5));
  app.created_on = Instant{row.Int(6)};
  app.is_deleted = row.Int(7) != 0;
  return app;
}

std::optional<Build> OneBuild(sql::Connection& connection, const std::string& where,
                              sql::Params params) {
  const auto rows = connection.Query(std::string(detail::kBuildColumns) + where, params);
  if (!rows->Next()) return std::nullopt;
  return detail::BuildOf(*rows);
}

}  // namespace

std::vector<App> ListApps(sql::Connection& connection, std::int64_t project, bool with_deleted) {
  std::vector<App> apps;
  const auto rows = connection.Query(
      std::string(kAppColumns) + "WHERE project = $1 AND is_deleted <= $2 ORDER BY name, id",
      {project, std::int64_t{with_deleted}});
  while (rows->Next()) apps.push_back(AppOf(*rows));
  return apps;
}

std::optional<App> FindApp(sql::Connection& connection, std::int64_t project,
                           std::string_view app_id) {
  const auto rows = connection.Query(
      std::string(kAppColumns) + "WHERE project = $1 AND app_id = $2", {project, app_id});
  if (!rows->Next()) return std::nullopt;
  return AppOf(*rows);
}

std::optional<App> FindAppByShortCode(sql::Connection& connection, std::string_view code) {
  const auto rows = connection.Query(
      std::string(kAppColumns) + "WHERE short_code = $1 AND is_deleted = 0", {code});
  if (!rows->Next()) return std::nullopt;
  return AppOf(*rows);
}

App RequireApp(sql::Connection& connection, std::int64_t project, std::string_view app_id) {
  if (auto app = FindApp(connection, project, app_id)) return *app;
  throw Problem(ProblemKind::kNotFound, "There is no app '" + std::string(app_id) +
                                            "' in this project space. outpost app list shows "
                                            "which there are.");
}

std::vector<Build> ListBuilds(sql::Connection& connection, const App& app) {
  std::vector<Build> builds;
  const auto rows = connection.Query(
      std::string(detail::kBuildColumns) + "WHERE app = $1 AND state = 0 ORDER BY version DESC",
      {app.row});
  while (rows->Next()) builds.push_back(detail::BuildOf(*rows));
  return builds;
}

std::optional<Build> FindBuildByVersion(sql::Connection& connection, const App& app,
                                        std::int64_t version) {
  return OneBuild(connection, "WHERE app = $1 AND version = $2 AND state = 0", {app.row, version});
}

std::optional<Build> NewestBuild(sql::Connection& connection, const App& app, bool is_released) {
  return OneBuild(connection,
                  "WHERE app = $1 AND state = 0 AND is_released >= $2 "
                  "ORDER BY version DESC LIMIT 1",
                  {app.row, std::int64_t{is_released}});
}

std::optional<Named> FindNamed(sql::Connection& connection, std::int64_t project,
                               std::string_view id) {
  auto build =
      OneBuild(connection, "WHERE project = $1 AND build_id = $2 AND state = 0", {project, id});
  std::optional<App> app;
  if (build) {
    const auto rows = connection.Query(std::string(kAppColumns) + "WHERE id = $1", {build->app});
    if (rows->Next()) app = AppOf(*rows);
  } else {
    app = FindApp(connection, project, id);
  }
  if (!app || app->is_deleted) return std::nullopt;
  return Named{std::move(*app), std::move(build)};
}

bool IsKnown(sql::Connection& connection, std::int64_t project, std::string_view id) {
  return FindApp(connection, project, id).has_value() ||
         OneBuild(connection, "WHERE project = $1 AND build_id = $2 AND state = 0", {project, id});
}

Build RequireBuild(sql::Connection& connection, std::int64_t project, std::string_view build_id) {
  if (auto named = FindNamed(connection, project, build_id); named && named->build) {
    return std::move(*named->build);
  }
  throw Problem(ProblemKind::kNotFound, "There is no build '" + std::string(build_id) +
                                            "' in this project space. outpost app builds APP "
                                            "shows which there are.");
}

void SetReleased(sql::Batch& batch, const Build& build, bool is_released) {
  batch.connection().Execute(
      "UPDATE app_builds SET is_released = $1, released_on = $2 WHERE id = $3",
      {std::int64_t{is_released}, is_released ? batch.Next().at.micros : std::int64_t{0},
       build.row});
}

void SetComment(sql::Batch& batch, const Build& build, std::string_view comment) {
  batch.connection().Execute("UPDATE app_builds SET comment = $1 WHERE id = $2",
                             {comment, build.row});
}

void ChangeAppSettings(sql::Batch& batch, const App& app, std::string_view changes) {
  std::string stored;
  {
    const auto rows =
        batch.connection().Query("SELECT settings FROM apps WHERE id = $1", {app.row});
    OUTPOST_CHECK(rows->Next());
    stored = MergeAppSettings(rows->Text(0), changes);
  }
  batch.connection().Execute("UPDATE apps SET settings = $1 WHERE id = $2",
                             {std::string_view(stored), app.row});
}

void SetDeleted(sql::Batch& batch, const App& app, bool is_deleted) {
  batch.connection().Execute("UPDATE apps SET is_deleted = $1 WHERE id = $2",
                             {std::int64_t{is_deleted}, app.row});
}

void ReleaseForLocation(sql::Batch& batch, const App& app, std::int64_t location,
                        const std::optional<Build>& build) {
  if (!build) {
    batch.connection().Execute("DELETE FROM app_location_releases WHERE app = $1 AND location = $2",
                               {app.row, location});
    return;
  }
  batch.connection().Execute(
      "INSERT INTO app_location_releases (app, location, build) VALUES ($1, $2, $3) "
      "ON CONFLICT (app, location) DO UPDATE SET build = $3",
      {app.row, location, build->row});
}

}  // namespace outpost::apps
