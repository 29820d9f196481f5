#include <algorithm>
#include <array>

#include "domain/locations/types.h"
#include "operations/admin/detail/commands.h"
#include "operations/admin/detail/shapes.h"

namespace outpost::operations::detail {

using boost::json::array;
using boost::json::object;
using locations::LocationType;

namespace {

object Describe(const LocationType& type) {
  return {{"code", type.code},
          {"name", type.name},
          {"parent", type.parent},
          {"administrative", type.is_administrative},
          {"shares_cases", type.shares_cases},
          {"view_descendants", type.views_descendants},
          {"has_users", type.has_users},
          {"expand_from", type.expand_from},
          {"expand_from_root", type.expands_from_root},
          {"expand_to", type.expand_to},
          {"include_without_expanding", type.include_without_expanding},
          {"include_only", JsonOf(type.include_only)},
          {"expand_view_child_data_to", type.expand_view_child_data_to}};
}

/// What is not said stays as it is.
void Fill(LocationType& type, const Arguments& arguments) {
  type.name = arguments.TextOr("name", type.name);
  type.parent = arguments.TextOr("parent", type.parent);
  type.is_administrative = arguments.FlagOr("administrative", type.is_administrative);
  type.shares_cases = arguments.FlagOr("shares_cases", type.shares_cases);
  type.views_descendants = arguments.FlagOr("view_descendants", type.views_descendants);
  type.has_users = arguments.FlagOr("has_users", type.has_users);
  type.expand_from = arguments.TextOr("expand_from", type.expand_from);
  type.expands_from_root = arguments.FlagOr("expand_from_root", type.expands_from_root);
  type.expand_to = arguments.TextOr("expand_to", type.expand_to);
  type.include_without_expanding =
      arguments.TextOr("include_without_expanding", type.include_without_expanding);
  if (arguments.Has("include_only")) type.include_only = arguments.Texts("include_only");
  type.expand_view_child_data_to =
      arguments.TextOr("expand_view_child_data_to", type.expand_view_child_data_to);
}

object PutType(Tools& tools, const Arguments& arguments) {
  return tools.Write([&](sql::Batch& batch) {
    const auto project = RequireProject(batch.connection(), arguments.Text("project"));
    LocationType type;
    type.code = arguments.Text("code");
    for (auto& known : locations::ListTypes(batch.connection(), project.row)) {
      if (known.code == type.code) type = std::move(known);
    }
    Fill(type, arguments);
    return Describe(locations::PutType(batch, project.row, type));
  });
}

object ListTypes(Tools& tools, const Arguments& arguments) {
  const auto lease = tools.database.Read();
  const auto project = RequireProject(*lease, arguments.Text("project"));
  array list;
  for (const auto& type : locations::ListTypes(*lease, project.row)) list.push_back(Describe(type));
  return {{"types", std::move(list)}};
}

object DeleteType(Tools& tools, const Arguments& arguments) {
  return tools.Write([&](sql::Batch& batch) {
    const auto project = RequireProject(batch.connection(), arguments.Text("project"));
    const auto code = arguments.Text("code");
    const auto type = locations::RequireType(batch.connection(), project.row, code);
    locations::DeleteType(batch, project.row, code);
    return Describe(type);
  });
}

}  // namespace

std::span<const Command> LocationTypeCommands() {
  static const std::array<Command, 3> kCommands = {{
      {"location.put_type",
       {"project", "code", "name", "parent", "administrative", "shares_cases", "view_descendants",
        "has_users", "expand_from", "expand_from_root", "expand_to", "include_without_expanding",
        "include_only", "expand_view_child_data_to"},
       PutType},
      {"location.list_types", {"project"}, ListTypes},
      {"location.delete_type", {"project", "code"}, DeleteType},
  }};
  return kCommands;
}

}  // namespace outpost::operations::detail
