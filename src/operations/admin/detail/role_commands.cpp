#include <algorithm>
#include <array>

#include "base/problem.h"
#include "base/text.h"
#include "domain/people/access.h"
#include "operations/admin/detail/commands.h"

namespace outpost::operations::detail {

using boost::json::array;
using boost::json::object;

namespace {

/// A misspelt key would be kept and give nothing; roles of a migration do not come this way.
void RequireKnownKeys(const std::vector<std::string>& keys) {
  const auto known = people::KnownPermissionKeys();
  for (const auto& key : keys) {
    const auto bare = std::string_view(key).substr(key.starts_with('-') ? 1 : 0);
    if (std::find(known.begin(), known.end(), bare) != known.end()) continue;
    const auto nearest = NearestWord(bare, known);
    throw Problem(ProblemKind::kBadRequest,
                  "There is no permission '" + std::string(bare) + "'." +
                      (nearest ? " Did you mean '" + *nearest + "'?" : std::string()));
  }
}

object Describe(const people::Role& role) {
  return {{"name", role.name},
          {"role_id", role.role_id},
          {"permissions", boost::json::parse(people::JsonOf(role.permissions))}};
}

object PutRole(Tools& tools, const Arguments& arguments) {
  const auto name = arguments.Text("name");
  const auto keys = arguments.Texts("permissions");
  RequireKnownKeys(keys);
  return tools.Write([&](sql::Batch& batch) {
    const auto project = RequireProject(batch.connection(), arguments.Text("project"));
    people::PutRole(batch, project.row, name, keys);
    const auto roles = people::ListRoles(batch.connection(), project.row);
    const auto put = std::find_if(roles.begin(), roles.end(),
                                  [&](const people::Role& role) { return role.name == name; });
    OUTPOST_CHECK(put != roles.end());
    return Describe(*put);
  });
}

object ListRoles(Tools& tools, const Arguments& arguments) {
  const auto lease = tools.database.Read();
  const auto project = RequireProject(*lease, arguments.Text("project"));
  array list;
  for (const auto& role : people::ListRoles(*lease, project.row)) list.push_back(Describe(role));
  return {{"roles", std::move(list)}};
}

}  // namespace

std::span<const Command> RoleCommands() {
  static const std::array<Command, 2> kCommands = {{
      {"role.put", {"project", "name", "permissions"}, PutRole},
      {"role.list", {"project"}, ListRoles},
  }};
  return kCommands;
}

}  // namespace outpost::operations::detail
