#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/people/accounts.h"

/// Roles and permissions in a project space (web document 9.2, 9.3).
namespace outpost::people {

/// Permission keys that are true, and the lists of keys that carry one. Keys nobody knows yet are
/// kept: newer apps and migrations bring them.
struct Permissions {
  using Keys = std::set<std::string, std::less<>>;
  Keys keys;
  Keys view_report_list;
  std::map<std::string, Keys, std::less<>> other_lists;  // by name, such as "web_apps_list"
};

/// Applies the rules of 9.3: edit_X gives view_X; no groups or locations to edit, no members
/// either; no report to see, none to download; without access_all_locations what reaches beyond
/// one's locations is taken away.
Permissions Normalised(Permissions permissions);
/// As the web-user API shows them: {"edit_data": true, …, "view_report_list": […]}. Keys that are
/// true when absent are written when false.
std::string JsonOf(const Permissions& permissions);
/// Reads that JSON; access_all_locations and report_an_issue are true when absent. Anything but an
/// object gives no permission at all.
Permissions PermissionsOf(std::string_view json);
/// Every key of 9.3, for suggestions.
std::span<const std::string_view> KnownPermissionKeys();

struct Role {
  std::int64_t row = 0;
  std::string role_id;
  std::string name;
  Permissions permissions;
};

inline constexpr std::string_view kDefaultWorkerRole = "Mobile Worker Default";

/// The roles of 9.2, made when a project space is created. Roles that exist are left alone.
void CreateDefaultRoles(sql::Batch& batch, std::int64_t project);
/// projects::Create and CreateDefaultRoles.
projects::Project CreateProject(sql::Batch& batch, std::string_view name,
                                std::string_view display_name,
                                projects::NameRule rule = projects::NameRule::kNew);

/// Roles that are not archived, by name.
std::vector<Role> ListRoles(sql::Connection& connection, std::int64_t project);
/// Makes the account a member, or gives a member another role. `role_name` may be empty for an
/// administrator; "Admin" is not a stored role and means is_admin. A mobile worker is a member of
/// its own project space only.
/// @throws Problem kNotFound when there is no role of that name, kBadRequest for a worker of
///         another project space or as administrator.
void AddMember(sql::Batch& batch, const Account& account, std::int64_t project,
               std::string_view role_name, bool is_admin);
/// @throws Problem kNotFound when a web user is no member, kBadRequest for a mobile worker.
void RemoveMember(sql::Batch& batch, const Account& account, std::int64_t project);
/// A role with these keys, found by name or created. Keys that are true by default need not be
/// listed; "-access_all_locations" takes one away. What members may do changes with their next
/// request.
/// @throws Problem kBadRequest for the name "Admin" or an empty one.
void PutRole(sql::Batch& batch, std::int64_t project, std::string_view name,
             const std::vector<std::string>& keys);

/// What an account may do in a project space.
struct Access {
  bool is_member = false;  // not for superusers who do not belong here
  bool is_admin = false;   // also superusers
  std::string role_name;   // "" without one, "Admin" for administrators
  Permissions permissions;
  bool May(std::string_view key) const { return is_admin || permissions.keys.contains(key); }
};
/// The project spaces that the account is an active member of, by name.
std::vector<projects::Project> ProjectsOf(sql::Connection& connection, const Account& account);
/// An account that is not active may nothing. One indexed query.
Access AccessOf(sql::Connection& connection, const Account& account, std::int64_t project);

}  // namespace outpost::people
