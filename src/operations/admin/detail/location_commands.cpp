#include <algorithm>
#include <array>

#include "base/problem.h"
#include "domain/locations/assignment.h"
#include "domain/locations/locations.h"
#include "domain/locations/types.h"
#include "operations/admin/detail/commands.h"
#include "operations/admin/detail/shapes.h"

namespace outpost::operations::detail {

using boost::json::array;
using boost::json::object;
using locations::Location;
using locations::LocationType;

namespace {

constexpr std::int64_t kLocationsPerPage = 500;

object Describe(sql::Connection& connection, std::int64_t project, const Location& location,
                const std::vector<LocationType>& types) {
  object described{{"location_id", location.location_id},
                   {"name", location.name},
                   {"site_code", location.site_code},
                   {"external_id", location.external_id},
                   {"latitude", location.latitude},
                   {"longitude", location.longitude},
                   {"fields", JsonOf(location.fields)},
                   {"archived", location.is_archived},
                   {"supply_point_id", location.supply_point_id},
                   {"modified_on", FormatT6(location.modified_on)}};
  for (const auto& type : types) {
    if (type.row == location.type) described["type"] = type.code;
  }
  const auto parent = locations::FindByRow(connection, project, location.parent);
  described["parent"] = parent ? parent->location_id : "";
  return described;
}

object Describe(sql::Connection& connection, std::int64_t project, const Location& location) {
  return Describe(connection, project, location, locations::ListTypes(connection, project));
}

/// What is not said stays as it is.
void Fill(Location& location, const Arguments& arguments) {
  location.name = arguments.TextOr("name", location.name);
  location.site_code = arguments.TextOr("site_code", location.site_code);
  location.external_id = arguments.TextOr("external_id", location.external_id);
  location.latitude = arguments.TextOr("latitude", location.latitude);
  location.longitude = arguments.TextOr("longitude", location.longitude);
  location.supply_point_id = arguments.TextOr("supply_point_id", location.supply_point_id);
  for (auto& [key, value] : TextsOf(arguments.Object("fields"), "fields")) {
    location.fields[key] = value;
  }
}

/// "" is a root.
std::int64_t ParentOf(sql::Connection& connection, std::int64_t project, const std::string& named) {
  return named.empty() ? 0 : locations::RequireLocation(connection, project, named).row;
}

object CreateLocation(Tools& tools, const Arguments& arguments) {
  return tools.Write([&](sql::Batch& batch) {
    auto& connection = batch.connection();
    const auto project = RequireProject(connection, arguments.Text("project"));
    Location location;
    location.name = arguments.Text("name");
    location.location_id = arguments.TextOr("location_id", "");
    location.type = locations::RequireType(connection, project.row, arguments.Text("type")).row;
    location.parent = ParentOf(connection, project.row, arguments.TextOr("parent", ""));
    Fill(location, arguments);
    return Describe(connection, project.row,
                    locations::CreateLocation(batch, project.row, location));
  });
}

object ListLocations(Tools& tools, const Arguments& arguments) {
  const auto lease = tools.database.Read();
  const auto project = RequireProject(*lease, arguments.Text("project"));
  const auto types = locations::ListTypes(*lease, project.row);
  const auto page = locations::ListLocations(*lease, project.row, arguments.IntOr("after", 0),
                                             static_cast<int>(kLocationsPerPage));
  array list;
  for (const auto& location : page) {
    list.push_back(Describe(*lease, project.row, location, types));
  }
  const bool has_more = page.size() == static_cast<std::size_t>(kLocationsPerPage);
  return {{"locations", std::move(list)},
          {"next", has_more ? boost::json::value(page.back().row) : boost::json::value()}};
}

/// Runs one change of the location named by the arguments and shows what it is then.
template <class Change>
object Changing(Tools& tools, const Arguments& arguments, Change change) {
  return tools.Write([&](sql::Batch& batch) {
    auto& connection = batch.connection();
    const auto project = RequireProject(connection, arguments.Text("project"));
    const auto location =
        locations::RequireLocation(connection, project.row, arguments.Text("location"));
    return Describe(connection, project.row, change(batch, project.row, location));
  });
}

object ChangeLocation(Tools& tools, const Arguments& arguments) {
  return Changing(tools, arguments,
                  [&](sql::Batch& batch, std::int64_t project, Location location) {
                    Fill(location, arguments);
                    return locations::ChangeLocation(batch, project, location);
                  });
}

object MoveLocation(Tools& tools, const Arguments& arguments) {
  return Changing(
      tools, arguments, [&](sql::Batch& batch, std::int64_t project, const Location& location) {
        const auto parent = ParentOf(batch.connection(), project, arguments.Text("parent"));
        return locations::MoveLocation(batch, project, location, parent);
      });
}

object ArchiveLocation(Tools& tools, const Arguments& arguments) {
  const bool is_on = arguments.Flag("on");
  return Changing(tools, arguments,
                  [&](sql::Batch& batch, std::int64_t project, const Location& location) {
                    return locations::SetArchived(batch, project, location, is_on);
                  });
}

object AssignLocations(Tools& tools, const Arguments& arguments) {
  return tools.Write([&](sql::Batch& batch) {
    auto& connection = batch.connection();
    const auto project = RequireProject(connection, arguments.Text("project"));
    const auto account = RequireUser(connection, arguments);
    const auto id_of = [&](const std::string& named) {
      return locations::RequireLocation(connection, project.row, named).location_id;
    };
    std::vector<std::string> ids;
    for (const auto& named : arguments.Texts("locations")) ids.push_back(id_of(named));
    auto primary = arguments.TextOr("primary", "");
    if (!primary.empty()) primary = id_of(primary);
    locations::Assign(batch, project.row, account, ids, primary);
    const auto assigned = locations::AssignmentOf(connection, project.row, account.row);
    return object{{"username", account.username},
                  {"locations", JsonOf(assigned.Ids())},
                  {"primary", assigned.primary}};
  });
}

}  // namespace

std::span<const Command> LocationCommands() {
  static const std::array<Command, 6> kCommands = {{
      {"location.create",
       {"project", "name", "type", "parent", "location_id", "site_code", "external_id", "latitude",
        "longitude", "supply_point_id", "fields"},
       CreateLocation},
      {"location.list", {"project", "after"}, ListLocations},
      {"location.change",
       {"project", "location", "name", "site_code", "external_id", "latitude", "longitude",
        "supply_point_id", "fields"},
       ChangeLocation},
      {"location.move", {"project", "location", "parent"}, MoveLocation},
      {"location.archive", {"project", "location", "on"}, ArchiveLocation},
      {"location.assign", {"project", "username", "locations", "primary"}, AssignLocations},
  }};
  return kCommands;
}

}  // namespace outpost::operations::detail
