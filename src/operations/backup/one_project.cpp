#include "operations/backup/one_project.h"

#include <array>
#include <string>
#include <vector>

#include "base/problem.h"

namespace outpost::backup {
namespace {

/// Tables without the project space's row, and whose row it is that theirs belong to.
struct Child {
  const char* table;
  const char* column;
  const char* parent;
};
constexpr std::array kChildren = {
    Child{"app_files", "build", "app_builds"},
    Child{"app_location_releases", "app", "apps"},
    Child{"case_indices", "case_row", "cases"},
    Child{"case_transactions", "case_row", "cases"},
    Child{"digest_secrets", "account", "accounts"},
    Child{"form_action_forms", "action", "form_actions"},
    Child{"form_attachments", "form", "forms"},
    Child{"group_members", "group_row", "user_groups"},
    Child{"ledger_transactions", "case_row", "cases"},
    Child{"ledgers", "case_row", "cases"},
    Child{"lookup_owners", "table_row", "lookup_tables"},
    Child{"lookup_rows", "table_row", "lookup_tables"},
    Child{"practice_restores", "account", "accounts"},
    Child{"sync_log_contents", "log", "sync_logs"},
    Child{"sync_log_deltas", "log", "sync_logs"},
};

/// What belongs to the server and not to a project space: emptied.
constexpr std::array kOfTheServer = {"one_time_links",     "transition_audit",
                                     "transition_records", "transition_sections_off",
                                     "usage_disk",         "web_sessions"};
/// What stays as it is.
constexpr std::array kStay = {"changelog_readers", "meta", "position", "schema_steps"};

/// Where a file's id stands.
struct FileColumn {
  const char* table;
  const char* column;
};
constexpr std::array kFileColumns = {
    FileColumn{"app_files", "blob"},        FileColumn{"app_files", "original"},
    FileColumn{"app_files", "packed"},      FileColumn{"app_media", "blob"},
    FileColumn{"form_attachments", "blob"}, FileColumn{"forms", "xml_blob"},
    FileColumn{"held_forms", "xml_blob"},
};

std::vector<std::string> TextsOf(sql::Connection& connection, std::string_view sql) {
  std::vector<std::string> texts;
  const auto rows = connection.Query(sql);
  while (rows->Next()) texts.push_back(rows->String(0));
  return texts;
}

bool IsNamed(std::string_view table) {
  for (const auto& child : kChildren) {
    if (table == child.table) return true;
  }
  for (const auto* one : kOfTheServer) {
    if (table == one) return true;
  }
  for (const auto* one : kStay) {
    if (table == one) return true;
  }
  return table == "accounts" || table == "app_media" || table == "blobs" || table == "projects";
}

/// A table that a later release has added and nobody has thought of here must not give anything
/// away.
void RefuseUnknownTables(sql::Connection& connection) {
  for (const auto& table : TextsOf(
           connection,
           "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND "
           "name NOT IN (SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c ON "
           "c.name = 'project')")) {
    if (IsNamed(table)) continue;
    throw Problem(ProblemKind::kInternal, "Whose rows the table " + table +
                                              " has is not known: one project space cannot be "
                                              "restored alone.");
  }
}

std::int64_t RowOf(sql::Connection& connection, std::string_view project) {
  const auto found = connection.Query("SELECT id FROM projects WHERE name = $1", {project});
  if (found->Next()) return found->Int(0);
  throw Problem(ProblemKind::kNotFound,
                "There was no project space \"" + std::string(project) + "\" at that moment.");
}

void RemoveOtherProjects(sql::Connection& connection, std::int64_t project) {
  for (const auto& table :
       TextsOf(connection,
               "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c ON c.name = "
               "'project' WHERE m.type = 'table' AND m.name NOT IN ('accounts', 'api_keys')")) {
    connection.Execute("DELETE FROM " + table + " WHERE project <> $1", {project});
  }
  connection.Execute("DELETE FROM projects WHERE id <> $1", {project});
  connection.Execute(
      "DELETE FROM accounts WHERE project <> $1 AND is_superuser = 0 AND id NOT IN (SELECT account "
      "FROM memberships)",
      {project});
  // A key of project 0 is good in all project spaces of its owner.
  connection.Execute(
      "DELETE FROM api_keys WHERE project NOT IN ($1, 0) OR account NOT IN (SELECT id FROM "
      "accounts)",
      {project});
  for (const auto& child : kChildren) {
    connection.Execute(std::string("DELETE FROM ") + child.table + " WHERE " + child.column +
                       " NOT IN (SELECT id FROM " + child.parent + ")");
  }
  for (const auto* table : kOfTheServer) connection.Execute(std::string("DELETE FROM ") + table);
}

void RemoveFilesOfNobody(sql::Connection& connection) {
  connection.Execute(
      "DELETE FROM app_media WHERE blob NOT IN (SELECT blob FROM app_files UNION SELECT original "
      "FROM app_files)");
  std::string named;
  for (const auto& [table, column] : kFileColumns) {
    named += std::string(named.empty() ? "" : " UNION ") + "SELECT " + column + " FROM " + table +
             " WHERE " + column + " IS NOT NULL";
  }
  connection.Execute("DELETE FROM blobs WHERE id NOT IN (" + named + ")");
}

}  // namespace

void KeepOneProject(sql::Connection& writing, std::string_view project) {
  RefuseUnknownTables(writing);
  const auto row = RowOf(writing, project);
  writing.Begin();
  RemoveOtherProjects(writing, row);
  RemoveFilesOfNobody(writing);
  writing.Commit();
  writing.Execute("VACUUM");
}

}  // namespace outpost::backup
