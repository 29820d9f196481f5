#include "domain/people/access.h"

#include <array>
#include <optional>

#include "base/ids.h"
#include "base/problem.h"
#include "domain/people/detail/membership.h"

namespace outpost::people {
namespace {

constexpr std::string_view kAdminRole = "Admin";

struct DefaultRole {
  std::string_view name;
  std::vector<std::string> keys;
};

std::array<DefaultRole, 5> DefaultRoles() {
  return {{
      {"App Editor", {"edit_apps", "view_apps", "view_reports", "download_reports"}},
      {"Field Implementer",
       {"edit_commcare_users", "view_commcare_users", "edit_groups", "view_groups",
        "edit_locations", "view_locations", "edit_shared_exports", "view_reports",
        "download_reports"}},
      {"Read Only", {"view_reports", "download_reports"}},
      {"Billing Admin", {"edit_billing"}},
      {kDefaultWorkerRole,
       {"access_mobile_endpoints", "access_web_apps", "report_an_issue", "access_all_locations"}},
  }};
}

std::optional<std::int64_t> FindRole(sql::Connection& connection, std::int64_t project,
                                     std::string_view name) {
  const auto rows = connection.Query(
      "SELECT id FROM roles WHERE project = $1 AND name = $2 AND is_archived = 0 ORDER BY id",
      {project, name});
  if (!rows->Next()) return std::nullopt;
  return rows->Int(0);
}

Permissions PermissionsOfKeys(const std::vector<std::string>& keys) {
  Permissions permissions = PermissionsOf("{}");
  for (const auto& key : keys) {
    if (key.starts_with('-')) {
      permissions.keys.erase(key.substr(1));
    } else {
      permissions.keys.insert(key);
    }
  }
  return Normalised(std::move(permissions));
}

void InsertRole(sql::Batch& batch, std::int64_t project, std::string_view name,
                const std::vector<std::string>& keys) {
  const auto permissions = JsonOf(PermissionsOfKeys(keys));
  const auto role_id = NewHexId();
  batch.connection().Execute(
      "INSERT INTO roles (id, role_id, project, name, permissions, is_archived)"
      " VALUES ($1, $2, $3, $4, $5, 0)",
      {batch.Next().seq, role_id, project, name, permissions});
}

std::int64_t RoleRowFor(sql::Batch& batch, std::int64_t project, std::string_view role_name,
                        bool is_admin) {
  if (is_admin && (role_name.empty() || role_name == kAdminRole)) return 0;
  const auto role = FindRole(batch.connection(), project, role_name);
  if (!role) {
    throw Problem(ProblemKind::kNotFound,
                  "There is no role '" + std::string(role_name) + "' in this project space.");
  }
  return *role;
}

void WriteMembership(sql::Batch& batch, std::int64_t account, std::int64_t project,
                     std::int64_t role, bool is_admin) {
  batch.connection().Execute(
      "INSERT INTO memberships (account, project, role, is_admin, is_active, user_data)"
      " VALUES ($1, $2, $3, $4, 1, '{}')"
      " ON CONFLICT (account, project) DO UPDATE SET role = excluded.role,"
      " is_admin = excluded.is_admin, is_active = 1",
      {account, project, role, std::int64_t{is_admin ? 1 : 0}});
}

}  // namespace

void CreateDefaultRoles(sql::Batch& batch, std::int64_t project) {
  for (const auto& role : DefaultRoles()) {
    if (!FindRole(batch.connection(), project, role.name)) {
      InsertRole(batch, project, role.name, role.keys);
    }
  }
}

projects::Project CreateProject(sql::Batch& batch, std::string_view name,
                                std::string_view display_name, projects::NameRule rule) {
  auto project = projects::Create(batch, name, display_name, rule);
  CreateDefaultRoles(batch, project.row);
  return project;
}

std::vector<Role> ListRoles(sql::Connection& connection, std::int64_t project) {
  std::vector<Role> roles;
  const auto rows = connection.Query(
      "SELECT id, role_id, name, permissions FROM roles WHERE project = $1 AND is_archived = 0"
      " ORDER BY name",
      {project});
  while (rows->Next()) {
    roles.push_back({rows->Int(0), rows->String(1), rows->String(2), PermissionsOf(rows->Text(3))});
  }
  return roles;
}

void AddMember(sql::Batch& batch, const Account& account, std::int64_t project,
               std::string_view role_name, bool is_admin) {
  is_admin = is_admin || role_name == kAdminRole;
  if (account.kind == Kind::kMobileWorker && (account.project != project || is_admin)) {
    throw Problem(ProblemKind::kBadRequest,
                  "The mobile worker " + account.username +
                      " belongs to one project space and cannot administer it.");
  }
  const auto role = RoleRowFor(batch, project, role_name, is_admin);
  WriteMembership(batch, account.row, project, role, is_admin);
  TouchAccount(batch, account);
}

void detail::JoinWithDefaultRole(sql::Batch& batch, const Account& worker) {
  auto role = FindRole(batch.connection(), worker.project, kDefaultWorkerRole);
  if (!role) {
    CreateDefaultRoles(batch, worker.project);
    role = FindRole(batch.connection(), worker.project, kDefaultWorkerRole);
  }
  OUTPOST_CHECK(role.has_value());
  WriteMembership(batch, worker.row, worker.project, *role, false);
}

void RemoveMember(sql::Batch& batch, const Account& account, std::int64_t project) {
  if (account.kind == Kind::kMobileWorker) {
    throw Problem(ProblemKind::kBadRequest,
                  "A mobile worker cannot leave its project space; deactivate or delete it.");
  }
  const auto removed = batch.connection().ExecuteCounted(
      "DELETE FROM memberships WHERE account = $1 AND project = $2", {account.row, project});
  if (removed == 0) {
    throw Problem(ProblemKind::kNotFound,
                  account.username + " is not a member of this project space.");
  }
  TouchAccount(batch, account);
}

void PutRole(sql::Batch& batch, std::int64_t project, std::string_view name,
             const std::vector<std::string>& keys) {
  if (name.empty() || name == kAdminRole) {
    throw Problem(ProblemKind::kBadRequest,
                  "A role needs a name other than Admin, which stands for everything.");
  }
  const auto role = FindRole(batch.connection(), project, name);
  if (!role) {
    InsertRole(batch, project, name, keys);
    return;
  }
  const auto permissions = JsonOf(PermissionsOfKeys(keys));
  batch.connection().Execute("UPDATE roles SET permissions = $1 WHERE id = $2",
                             {permissions, *role});
}

std::vector<projects::Project> ProjectsOf(sql::Connection& connection, const Account& account) {
  std::vector<std::string> names;
  {
    const auto rows = connection.Query(
        "SELECT p.name FROM memberships m JOIN projects p ON p.id = m.project"
        " WHERE m.account = $1 AND m.is_active = 1 ORDER BY p.name",
        {account.row});
    while (rows->Next()) names.push_back(rows->String(0));
  }
  std::vector<projects::Project> found;
  for (const auto& name : names) {
    if (auto project = projects::Find(connection, name)) found.push_back(std::move(*project));
  }
  return found;
}

Access AccessOf(sql::Connection& connection, const Account& account, std::int64_t project) {
  Access access;
  if (account.state != State::kActive) return access;
  const auto rows = connection.Query(
      "SELECT m.is_admin, r.name, r.permissions FROM memberships m"
      " LEFT JOIN roles r ON r.id = m.role"
      " WHERE m.account = $1 AND m.project = $2 AND m.is_active = 1",
      {account.row, project});
  if (rows->Next()) {
    access.is_member = true;
    access.is_admin = rows->Int(0) != 0;
    access.role_name = rows->Text(1);
    access.permissions = PermissionsOf(rows->IsNull(2) ? "null" : rows->Text(2));
  }
  if (access.is_admin) access.role_name = kAdminRole;
  access.is_admin = access.is_admin || account.is_superuser;
  return access;
}

}  // namespace outpost::people
