#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "domain/apps/app_settings.h"
#include "store/sql/writer.h"

/// Apps of a project space and their immutable builds (app delivery document 4).
namespace outpost::apps {

/// Letters and digits without look-alikes.
inline constexpr std::string_view kShortCodeAlphabet = "23456789abcdefghjkmnpqrstuvwxyz";
inline constexpr std::size_t kShortCodeCharacters = 6;

/// Phones know an app by app_id, its profile's `uniqueid`: it never changes.
struct App {
  std::int64_t row = 0;
  std::int64_t project = 0;
  std::string app_id;
  std::string short_code;  // of the address that people type: kShortCodeCharacters
  std::string name;        // of the newest build
  Instant created_on;
  bool is_deleted = false;
  AppSettings settings;
};

/// What phones install: its files never change. Only the comment and whether it is released do.
struct Build {
  std::int64_t row = 0;
  std::int64_t app = 0;  // row
  std::string build_id;  // 32 hex digits
  std::int64_t version = 0;
  std::string name;
  std::string comment;
  Instant built_on;
  std::string built_by;                // user name, or "" for the operator
  std::string base_url;                // in front of its addresses
  std::vector<std::string> languages;  // without "default"
  std::string content_hash;            // of the archive's files
  bool has_media = false;
  bool is_released = false;
  Instant released_on;
};

/// By name. Deleted ones only when asked for.
std::vector<App> ListApps(sql::Connection& connection, std::int64_t project, bool with_deleted);
std::optional<App> FindApp(sql::Connection& connection, std::int64_t project,
                           std::string_view app_id);
/// Of any project space, unless it is deleted.
std::optional<App> FindAppByShortCode(sql::Connection& connection, std::string_view code);
/// @throws Problem kNotFound
App RequireApp(sql::Connection& connection, std::int64_t project, std::string_view app_id);

/// Newest first.
std::vector<Build> ListBuilds(sql::Connection& connection, const App& app);
std::optional<Build> FindBuildByVersion(sql::Connection& connection, const App& app,
                                        std::int64_t version);
/// The highest version, of all or of the released ones.
std::optional<Build> NewestBuild(sql::Connection& connection, const App& app, bool is_released);

/// What an id in an address names: an app, or a build of it. Deleted apps are not found.
struct Named {
  App app;
  std::optional<Build> build;  // none: the app itself
};
std::optional<Named> FindNamed(sql::Connection& connection, std::int64_t project,
                               std::string_view id);
/// The same as a question; a deleted app is known too, as its phones go on with it.
bool IsKnown(sql::Connection& connection, std::int64_t project, std::string_view id);
/// @throws Problem kNotFound unless it is a build.
Build RequireBuild(sql::Connection& connection, std::int64_t project, std::string_view build_id);

/// Phones pick a released build up at their next update check.
void SetReleased(sql::Batch& batch, const Build& build, bool is_released);
void SetComment(sql::Batch& batch, const Build& build, std::string_view comment);
/// `changes`: a JSON object. @throws Problem kBadRequest as MergeAppSettings does
void ChangeAppSettings(sql::Batch& batch, const App& app, std::string_view changes);
/// A deleted app is told to phones as a missing resource; they keep what they have. Nothing of it
/// is removed.
void SetDeleted(sql::Batch& batch, const App& app, bool is_deleted);

/// With settings.releases_by_location: which build is the newest for workers of a location and
/// those below it. `location` is a row; no build takes the entry away.
void ReleaseForLocation(sql::Batch& batch, const App& app, std::int64_t location,
                        const std::optional<Build>& build);

}  // namespace outpost::apps
