#include <array>

#include "domain/people/groups.h"
#include "operations/admin/detail/commands.h"
#include "operations/admin/detail/shapes.h"

namespace outpost::operations::detail {

using boost::json::array;
using boost::json::object;
using people::Group;

namespace {

object Describe(const Group& group) {
  return {{"group_id", group.group_id},
          {"name", group.name},
          {"case_sharing", group.shares_cases},
          {"reporting", group.is_for_reports},
          {"metadata", JsonOf(group.metadata)}};
}

object DescribeWhole(sql::Connection& connection, std::int64_t project, const Group& group) {
  auto described = Describe(group);
  array users;
  for (const auto& account : people::MembersOf(connection, project, group)) {
    users.push_back(object{{"username", account.username}, {"user_id", account.user_id}});
  }
  described["users"] = std::move(users);
  return described;
}

void Fill(Group& group, const Arguments& arguments) {
  group.name = arguments.TextOr("name", group.name);
  group.shares_cases = arguments.FlagOr("case_sharing", group.shares_cases);
  group.is_for_reports = arguments.FlagOr("reporting", group.is_for_reports);
  for (auto& [key, value] : TextsOf(arguments.Object("metadata"), "metadata")) {
    group.metadata[key] = value;
  }
}

object CreateGroup(Tools& tools, const Arguments& arguments) {
  return tools.Write([&](sql::Batch& batch) {
    const auto project = RequireProject(batch.connection(), arguments.Text("project"));
    Group group;
    group.group_id = arguments.TextOr("group_id", "");
    Fill(group, arguments);
    return Describe(people::CreateGroup(batch, project.row, group));
  });
}

object ListGroups(Tools& tools, const Arguments& arguments) {
  const auto lease = tools.database.Read();
  const auto project = RequireProject(*lease, arguments.Text("project"));
  array list;
  for (const auto& group : people::ListGroups(*lease, project.row)) list.push_back(Describe(group));
  return {{"groups", std::move(list)}};
}

object ShowGroup(Tools& tools, const Arguments& arguments) {
  const auto lease = tools.database.Read();
  const auto project = RequireProject(*lease, arguments.Text("project"));
  const auto group = people::RequireGroup(*lease, project.row, arguments.Text("group"));
  return DescribeWhole(*lease, project.row, group);
}

/// Runs one change of the group named by the arguments and shows what it is then.
template <class Change>
object Changing(Tools& tools, const Arguments& arguments, Change change) {
  return tools.Write([&](sql::Batch& batch) {
    auto& connection = batch.connection();
    const auto project = RequireProject(connection, arguments.Text("project"));
    auto group = people::RequireGroup(connection, project.row, arguments.Text("group"));
    change(batch, project.row, group);
    return DescribeWhole(connection, project.row, group);
  });
}

object ChangeGroup(Tools& tools, const Arguments& arguments) {
  return Changing(tools, arguments, [&](sql::Batch& batch, std::int64_t project, Group& group) {
    Fill(group, arguments);
    people::ChangeGroup(batch, project, group);
  });
}

object AddToGroup(Tools& tools, const Arguments& arguments) {
  return Changing(tools, arguments, [&](sql::Batch& batch, std::int64_t project, Group& group) {
    people::AddToGroup(batch, project, group, RequireUser(batch.connection(), arguments));
  });
}

object RemoveFromGroup(Tools& tools, const Arguments& arguments) {
  return Changing(tools, arguments, [&](sql::Batch& batch, std::int64_t project, Group& group) {
    people::RemoveFromGroup(batch, project, group, RequireUser(batch.connection(), arguments));
  });
}

object DeleteGroup(Tools& tools, const Arguments& arguments) {
  return Changing(tools, arguments, [&](sql::Batch& batch, std::int64_t project, Group& group) {
    people::DeleteGroup(batch, project, group);
  });
}

}  // namespace

std::span<const Command> GroupCommands() {
  static const std::array<Command, 7> kCommands = {{
      {"group.create",
       {"project", "name", "group_id", "case_sharing", "reporting", "metadata"},
       CreateGroup},
      {"group.list", {"project"}, ListGroups},
      {"group.show", {"project", "group"}, ShowGroup},
      {"group.change",
       {"project", "group", "name", "case_sharing", "reporting", "metadata"},
       ChangeGroup},
      {"group.add", {"project", "group", "username"}, AddToGroup},
      {"group.remove", {"project", "group", "username"}, RemoveFromGroup},
      {"group.delete", {"project", "group"}, DeleteGroup},
  }};
  return kCommands;
}

}  // namespace outpost::operations::detail
