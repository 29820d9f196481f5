#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/people/accounts.h"

/// Groups of mobile workers (web document 9.4). Cases that a case-sharing group owns go to the
/// phones of all its members.
///
/// Every change moves kPeopleMark. Nobody's rights depend on groups: what is remembered about
/// credentials stays.
namespace outpost::people {

inline constexpr std::size_t kGroupNameCharactersMax = 255;
/// Of a group's metadata as JSON.
inline constexpr std::size_t kGroupMetadataBytesMax = 64 * 1024;

struct Group {
  std::int64_t row = 0;
  std::string group_id;  // 32 hex digits, or whatever a migration brought
  std::string name;
  bool shares_cases = false;
  bool is_for_reports = true;
  std::map<std::string, std::string> metadata;  // reaches phones as group_data
};

/// `group.group_id` may be empty: one is made then. Several groups may have the same name.
/// @throws Problem kBadRequest (no name, over a limit), kConflict (the id is taken)
Group CreateGroup(sql::Batch& batch, std::int64_t project, const Group& group);
/// Replaces name, switches and metadata of the group with that row.
void ChangeGroup(sql::Batch& batch, std::int64_t project, const Group& group);
/// Its members stay where they are. Rows of lookup tables that it owned are nobody's from then on.
void DeleteGroup(sql::Batch& batch, std::int64_t project, const Group& group);

/// A member already, or no member: nothing changes.
/// @throws Problem kBadRequest when the account is no mobile worker of the project
void AddToGroup(sql::Batch& batch, std::int64_t project, const Group& group,
                const Account& account);
void RemoveFromGroup(sql::Batch& batch, std::int64_t project, const Group& group,
                     const Account& account);
/// The worker is in exactly these groups afterwards. @throws Problem kBadRequest for an unknown id
void SetGroupsOf(sql::Batch& batch, std::int64_t project, const Account& account,
                 std::span<const std::string> group_ids);
/// The group has exactly these members afterwards. @throws as AddToGroup, kBadRequest for an
/// unknown user id
void SetMembers(sql::Batch& batch, std::int64_t project, const Group& group,
                std::span<const std::string> user_ids);

/// By name, then id.
std::vector<Group> ListGroups(sql::Connection& connection, std::int64_t project);
std::optional<Group> FindGroup(sql::Connection& connection, std::int64_t project,
                               std::string_view group_id);
/// The group of that id or, when only one has it, of that name. @throws Problem kNotFound,
/// kConflict
Group RequireGroup(sql::Connection& connection, std::int64_t project, std::string_view id_or_name);
/// Groups that an account is in, by id.
std::vector<Group> GroupsOf(sql::Connection& connection, std::int64_t project,
                            std::int64_t account);
/// Members that are not deleted, by user name.
std::vector<Account> MembersOf(sql::Connection& connection, std::int64_t project,
                               const Group& group);

}  // namespace outpost::people
