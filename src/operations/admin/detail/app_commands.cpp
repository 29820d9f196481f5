#include <array>

#include "base/text.h"
#include "domain/apps/apps.h"
#include "domain/apps/heartbeats.h"
#include "domain/apps/variants.h"
#include "domain/locations/locations.h"
#include "operations/admin/detail/commands.h"
#include "operations/admin/detail/shapes.h"

namespace outpost::operations::detail {

using apps::App;
using apps::Build;
using boost::json::array;
using boost::json::object;

namespace {

constexpr int kPhonesMax = 10'000;

object Describe(const Build& build) {
  array languages;
  for (const auto& language : build.languages) languages.push_back(boost::json::string(language));
  object described{{"build_id", build.build_id},
                   {"version", build.version},
                   {"name", build.name},
                   {"comment", build.comment},
                   {"built_on", FormatT6(build.built_on)},
                   {"built_by", build.built_by},
                   {"base_url", build.base_url},
                   {"languages", std::move(languages)},
                   {"is_released", build.is_released}};
  if (build.is_released) described["released_on"] = FormatT6(build.released_on);
  return described;
}

object Describe(const App& app) {
  return {{"app_id", app.app_id},
          {"name", app.name},
          {"short_code", app.short_code},
          {"is_deleted", app.is_deleted},
          {"settings", boost::json::parse(apps::RenderAppSettings(app.settings))}};
}

object DescribeWhole(sql::Connection& connection, const App& app) {
  auto described = Describe(app);
  array builds;
  for (const auto& build : apps::ListBuilds(connection, app)) builds.push_back(Describe(build));
  described["builds"] = std::move(builds);
  return described;
}

struct Place {
  projects::Project project;
  App app;
};

/// The app that the arguments name by its id, or by a name that only one app has.
Place FindPlace(sql::Connection& connection, const Arguments& arguments) {
  Place place{RequireProject(connection, arguments.Text("project")), {}};
  const auto wanted = arguments.Text("app");
  if (auto app = apps::FindApp(connection, place.project.row, wanted)) {
    place.app = std::move(*app);
    return place;
  }
  std::vector<App> named;
  for (auto& app : apps::ListApps(connection, place.project.row, true)) {
    if (app.name == wanted) named.push_back(std::move(app));
  }
  place.app = named.size() == 1 ? std::move(named.front())
                                : apps::RequireApp(connection, place.project.row, wanted);
  return place;
}

/// A build by its id, by its version, or "newest".
Build FindBuild(sql::Connection& connection, const Place& place, const std::string& wanted) {
  std::optional<Build> build;
  if (wanted == "newest") {
    build = apps::NewestBuild(connection, place.app, false);
  } else if (const auto version = ParseInt(wanted)) {
    build = apps::FindBuildByVersion(connection, place.app, *version);
  }
  return build ? *build : apps::RequireBuild(connection, place.project.row, wanted);
}

object ListApps(Tools& tools, const Arguments& arguments) {
  const auto lease = tools.database.Read();
  const auto project = RequireProject(*lease, arguments.Text("project"));
  array list;
  for (const auto& app : apps::ListApps(*lease, project.row, arguments.FlagOr("deleted", false))) {
    list.push_back(DescribeWhole(*lease, app));
  }
  return {{"apps", std::move(list)}};
}

object ShowApp(Tools& tools, const Arguments& arguments) {
  const auto lease = tools.database.Read();
  return DescribeWhole(*lease, FindPlace(*lease, arguments).app);
}

object ReleaseBuild(Tools& tools, const Arguments& arguments) {
  return tools.Write([&](sql::Batch& batch) {
    auto& connection = batch.connection();
    const auto place = FindPlace(connection, arguments);
    const auto build = FindBuild(connection, place, arguments.Text("build"));
    if (arguments.Has("comment")) apps::SetComment(batch, build, arguments.Text("comment"));
    apps::SetReleased(batch, build, arguments.FlagOr("on", true));
    return Describe(apps::RequireBuild(connection, place.project.row, build.build_id));
  });
}

object ReleaseForLocation(Tools& tools, const Arguments& arguments) {
  return tools.Write([&](sql::Batch& batch) {
    auto& connection = batch.connection();
    const auto place = FindPlace(connection, arguments);
    const auto location =
        locations::RequireLocation(connection, place.project.row, arguments.Text("location"));
    std::optional<Build> build;
    if (arguments.Has("build")) build = FindBuild(connection, place, arguments.Text("build"));
    apps::ReleaseForLocation(batch, place.app, location.row, build);
    return build ? Describe(*build) : object{};
  });
}

object ChangeApp(Tools& tools, const Arguments& arguments) {
  return tools.Write([&](sql::Batch& batch) {
    const auto place = FindPlace(batch.connection(), arguments);
    apps::ChangeAppSettings(batch, place.app, boost::json::serialize(arguments.Object("settings")));
    return Describe(FindPlace(batch.connection(), arguments).app);
  });
}

object AddProfile(Tools& tools, const Arguments& arguments) {
  return tools.Write([&](sql::Batch& batch) {
    const auto place = FindPlace(batch.connection(), arguments);
    apps::AddBuildProfile(batch, place.app, arguments.Text("name"), arguments.Texts("languages"));
    return Describe(FindPlace(batch.connection(), arguments).app);
  });
}

object RetireProfile(Tools& tools, const Arguments& arguments) {
  return tools.Write([&](sql::Batch& batch) {
    const auto place = FindPlace(batch.connection(), arguments);
    apps::RetireBuildProfile(batch, place.app, arguments.Text("profile"),
                             arguments.FlagOr("on", true));
    return Describe(FindPlace(batch.connection(), arguments).app);
  });
}

object DeleteApp(Tools& tools, const Arguments& arguments) {
  return tools.Write([&](sql::Batch& batch) {
    const auto place = FindPlace(batch.connection(), arguments);
    apps::SetDeleted(batch, place.app, arguments.FlagOr("on", true));
    return Describe(FindPlace(batch.connection(), arguments).app);
  });
}

object ListPhones(Tools& tools, const Arguments& arguments) {
  const auto lease = tools.database.Read();
  const auto place = FindPlace(*lease, arguments);
  array list;
  for (const auto& phone :
       apps::ListHeartbeats(*lease, place.project.row, place.app.app_id, kPhonesMax)) {
    object described{{"username", phone.username},
                     {"device_id", phone.device_id},
                     {"reported_on", FormatT6(phone.reported_on)},
                     {"app_version", phone.app_version},
                     {"build_profile", phone.build_profile},
                     {"client_version", phone.client_version},
                     {"unsent_forms", phone.unsent_forms},
                     {"quarantined_forms", phone.quarantined_forms},
                     {"drift_hours", phone.drift_hours}};
    if (phone.last_sync_on.micros != 0) described["last_sync_on"] = FormatT6(phone.last_sync_on);
    list.push_back(std::move(described));
  }
  return {{"phones", std::move(list)}};
}

}  // namespace

std::span<const Command> AppCommands() {
  static const std::array<Command, 9> kCommands = {{
      {"app.list", {"project", "deleted"}, ListApps},
      {"app.show", {"project", "app"}, ShowApp},
      {"app.release", {"project", "app", "build", "on", "comment"}, ReleaseBuild},
      {"app.release_for_location", {"project", "app", "location", "build"}, ReleaseForLocation},
      {"app.change", {"project", "app", "settings"}, ChangeApp},
      {"app.delete", {"project", "app", "on"}, DeleteApp},
      {"app.profile_add", {"project", "app", "name", "languages"}, AddProfile},
      {"app.profile_retire", {"project", "app", "profile", "on"}, RetireProfile},
      {"app.phones", {"project", "app"}, ListPhones},
  }};
  return kCommands;
}

}  // namespace outpost::operations::detail
