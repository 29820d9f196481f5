#include "domain/people/groups.h"

#include <algorithm>
#include <set>

#include "base/ids.h"
#include "base/problem.h"
#include "base/text.h"
#include "domain/people/detail/account_row.h"
#include "domain/people/marks.h"
#include "format/json/text_map.h"

namespace outpost::people {
namespace {

#define OUTPOST_GROUP_COLUMNS "g.id, g.group_id, g.name, g.case_sharing, g.reporting, g.metadata"

Group GroupFromRow(const sql::Rows& rows) {
  Group group;
  group.row = rows.Int(0);
  group.group_id = rows.Text(1);
  group.name = rows.Text(2);
  group.shares_cases = rows.Int(3) != 0;
  group.is_for_reports = rows.Int(4) != 0;
  group.metadata = json::ReadTextMap(rows.Text(5));
  return group;
}

std::vector<Group> ReadAll(sql::Rows& rows) {
  std::vector<Group> groups;
  while (rows.Next()) groups.push_back(GroupFromRow(rows));
  return groups;
}

/// The metadata as it is stored.
std::string CheckedMetadata(const Group& group) {
  if (Trim(group.name).empty()) throw Problem(ProblemKind::kBadRequest, "Name is required");
  if (CountCharacters(group.name) > kGroupNameCharactersMax) {
    throw Problem(ProblemKind::kBadRequest, "The name of a group has at most 255 characters.");
  }
  auto metadata = json::RenderTextMap(group.metadata);
  if (metadata.size() > kGroupMetadataBytesMax) {
    throw Problem(ProblemKind::kBadRequest, "The data of a group has at most 64 kB.");
  }
  return metadata;
}

void RequireWorkerOf(std::int64_t project, const Account& account) {
  if (account.kind != Kind::kMobileWorker || account.project != project) {
    throw Problem(ProblemKind::kBadRequest,
                  account.username +
                      " is not a mobile worker of this project space: only those "
                      "are in groups.");
  }
}

void Join(sql::Batch& batch, std::int64_t group, std::int64_t account) {
  batch.connection().Execute(
      "INSERT INTO group_members (group_row, account) VALUES ($1, $2)"
      " ON CONFLICT (group_row, account) DO NOTHING",
      {group, account});
}

void Leave(sql::Batch& batch, std::int64_t group, std::int64_t account) {
  batch.connection().Execute("DELETE FROM group_members WHERE group_row = $1 AND account = $2",
                             {group, account});
}

}  // namespace

Group CreateGroup(sql::Batch& batch, std::int64_t project, const Group& group) {
  const auto metadata = CheckedMetadata(group);
  Group created = group;
  if (created.group_id.empty()) created.group_id = NewHexId();
  if (FindGroup(batch.connection(), project, created.group_id)) {
    throw Problem(ProblemKind::kConflict, "There is already a group " + created.group_id + ".");
  }
  created.row = NextMarked(batch, project, kPeopleMark).seq;
  batch.connection().Execute(
      "INSERT INTO user_groups (id, project, group_id, name, case_sharing, reporting, metadata)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7)",
      {created.row, project, created.group_id, created.name,
       std::int64_t{created.shares_cases ? 1 : 0}, std::int64_t{created.is_for_reports ? 1 : 0},
       metadata});
  return created;
}

void ChangeGroup(sql::Batch& batch, std::int64_t project, const Group& group) {
  const auto metadata = CheckedMetadata(group);
  batch.connection().Execute(
      "UPDATE user_groups SET name = $1, case_sharing = $2, reporting = $3, metadata = $4"
      " WHERE id = $5 AND project = $6",
      {group.name, std::int64_t{group.shares_cases ? 1 : 0},
       std::int64_t{group.is_for_reports ? 1 : 0}, metadata, group.row, project});
  NextMarked(batch, project, kPeopleMark);
}

void DeleteGroup(sql::Batch& batch, std::int64_t project, const Group& group) {
  batch.connection().Execute("DELETE FROM group_members WHERE group_row = $1", {group.row});
  batch.connection().Execute("DELETE FROM user_groups WHERE id = $1 AND project = $2",
                             {group.row, project});
  NextMarked(batch, project, kPeopleMark);
}

void AddToGroup(sql::Batch& batch, std::int64_t project, const Group& group,
                const Account& account) {
  RequireWorkerOf(project, account);
  Join(batch, group.row, account.row);
  NextMarked(batch, project, kPeopleMark);
}

void RemoveFromGroup(sql::Batch& batch, std::int64_t project, const Group& group,
                     const Account& account) {
  Leave(batch, group.row, account.row);
  NextMarked(batch, project, kPeopleMark);
}

void SetGroupsOf(sql::Batch& batch, std::int64_t project, const Account& account,
                 std::span<const std::string> group_ids) {
  RequireWorkerOf(project, account);
  std::set<std::int64_t> wanted, present;
  for (const auto& id : group_ids) {
    const auto group = FindGroup(batch.connection(), project, id);
    if (!group) throw Problem(ProblemKind::kBadRequest, "There is no group " + id + ".");
    wanted.insert(group->row);
  }
  for (const auto& group : GroupsOf(batch.connection(), project, account.row)) {
    present.insert(group.row);
  }
  if (wanted == present) return;
  for (const auto row : wanted) {
    if (!present.contains(row)) Join(batch, row, account.row);
  }
  for (const auto row : present) {
    if (!wanted.contains(row)) Leave(batch, row, account.row);
  }
  NextMarked(batch, project, kPeopleMark);
}

void SetMembers(sql::Batch& batch, std::int64_t project, const Group& group,
                std::span<const std::string> user_ids) {
  std::vector<std::int64_t> accounts;
  for (const auto& id : user_ids) {
    const auto account = FindByUserId(batch.connection(), id);
    if (!account) throw Problem(ProblemKind::kBadRequest, "There is no user " + id + ".");
    RequireWorkerOf(project, *account);
    accounts.push_back(account->row);
  }
  batch.connection().Execute("DELETE FROM group_members WHERE group_row = $1", {group.row});
  for (const auto account : accounts) Join(batch, group.row, account);
  NextMarked(batch, project, kPeopleMark);
}

std::vector<Group> ListGroups(sql::Connection& connection, std::int64_t project) {
  const auto rows = connection.Query("SELECT " OUTPOST_GROUP_COLUMNS
                                     " FROM user_groups g WHERE g.project = $1"
                                     " ORDER BY g.name, g.group_id",
                                     {project});
  return ReadAll(*rows);
}

std::optional<Group> FindGroup(sql::Connection& connection, std::int64_t project,
                               std::string_view group_id) {
  const auto rows = connection.Query("SELECT " OUTPOST_GROUP_COLUMNS
                                     " FROM user_groups g WHERE g.project = $1 AND"
                                     " g.group_id = $2",
                                     {project, group_id});
  if (!rows->Next()) return std::nullopt;
  return GroupFromRow(*rows);
}

Group RequireGroup(sql::Connection& connection, std::int64_t project, std::string_view id_or_name) {
  if (auto group = FindGroup(connection, project, id_or_name)) return std::move(*group);
  const auto rows = connection.Query("SELECT " OUTPOST_GROUP_COLUMNS
                                     " FROM user_groups g WHERE g.project = $1 AND g.name = $2"
                                     " ORDER BY g.group_id LIMIT 2",
                                     {project, id_or_name});
  auto named = ReadAll(*rows);
  if (named.size() > 1) {
    throw Problem(ProblemKind::kConflict, "Several groups are called " + std::string(id_or_name) +
                                              ": say which by its id, from outpost group list.");
  }
  if (named.empty()) {
    throw Problem(ProblemKind::kNotFound, "There is no group " + std::string(id_or_name) + ".");
  }
  return std::move(named.front());
}

std::vector<Group> GroupsOf(sql::Connection& connection, std::int64_t project,
                            std::int64_t account) {
  const auto rows = connection.Query("SELECT " OUTPOST_GROUP_COLUMNS
                                     " FROM group_members m JOIN user_groups g ON g.id ="
                                     " m.group_row WHERE m.account = $1 AND g.project = $2"
                                     " ORDER BY g.group_id",
                                     {account, project});
  return ReadAll(*rows);
}

std::vector<Account> MembersOf(sql::Connection& connection, std::int64_t project,
                               const Group& group) {
  std::vector<Account> members;
  const auto rows = connection.Query("SELECT " OUTPOST_ACCOUNT_COLUMNS
                                     " FROM group_members m JOIN accounts a ON a.id = m.account"
                                     " WHERE m.group_row = $1 AND a.project = $2"
                                     " ORDER BY a.username",
                                     {group.row, project});
  while (rows->Next()) {
    auto account = detail::AccountFromRow(*rows);
    if (account.state != State::kDeleted) members.push_back(std::move(account));
  }
  return members;
}

}  // namespace outpost::people
