#include "domain/cases/case_relations.h"

namespace outpost::cases {

std::vector<std::string> IdsOfReferring(sql::Connection& connection, const sql::Database& database,
                                        std::int64_t project, std::string_view case_id) {
  std::vector<std::string> ids;
  const auto rows = connection.Query(
      "SELECT DISTINCT c.case_id FROM case_indices i JOIN cases c ON c.id = i.case_row "
      "WHERE i.referenced_hash = $1 AND i.referenced_id = $2 AND c.project = $3 "
      "AND c.is_deleted = 0 ORDER BY c.case_id",
      {database.HashOf(project, case_id), case_id, project});
  while (rows->Next()) ids.push_back(rows->String(0));
  return ids;
}

std::vector<std::int64_t> RowsOfReferring(sql::Connection& connection,
                                          const sql::Database& database, std::int64_t project,
                                          std::string_view identifier, std::string_view case_id) {
  std::vector<std::int64_t> found;
  const auto rows = connection.Query(
      "SELECT i.case_row FROM case_indices i WHERE i.referenced_hash = $1 "
      "AND i.referenced_id = $2 AND i.identifier = $3",
      {database.HashOf(project, case_id), case_id, identifier});
  while (rows->Next()) found.push_back(rows->Int(0));
  return found;
}

std::vector<std::int64_t> RowsOfForms(sql::Connection& connection, const sql::Database& database,
                                      std::int64_t project, std::string_view case_id) {
  std::vector<std::int64_t> found;
  const auto rows = connection.Query(
      "SELECT DISTINCT t.form_row FROM cases c JOIN case_transactions t ON t.case_row = c.id "
      "WHERE c.id_hash = $1 AND c.project = $2 AND c.case_id = $3 AND t.form_row <> 0",
      {database.HashOf(project, case_id), project, case_id});
  while (rows->Next()) found.push_back(rows->Int(0));
  return found;
}

}  // namespace outpost::cases
