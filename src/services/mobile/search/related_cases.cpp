#include "services/mobile/search/related_cases.h"

#include <algorithm>
#include <set>

#include "base/problem.h"
#include "domain/cases/case_store.h"
#include "domain/sync/network.h"
#include "services/mobile/search/case_matcher.h"
#include "services/mobile/search/search_route.h"

namespace outpost::mobile {
namespace {

using Rows = std::set<std::int64_t>;

std::vector<std::int64_t> RowsOf(const std::vector<cases::Case>& found) {
  std::vector<std::int64_t> rows;
  for (const auto& c : found) rows.push_back(c.row);
  return rows;
}

void AddNamed(sql::Connection& connection, const sql::Database& database, std::int64_t project,
              const std::vector<cases::Case>& found, const std::string& property, Rows& related) {
  if (property.empty()) return;
  std::vector<std::string> ids;
  for (const auto& c : found) ids.emplace_back(TextOf(c, property));
  for (const auto& named : cases::FindCases(connection, database, project, ids)) {
    if (named && !named->is_deleted) related.insert(named->row);
  }
}

void AddChildren(sql::Connection& connection, const sql::Database& database, std::int64_t project,
                 const std::vector<cases::Case>& found, Rows& related) {
  std::vector<std::vector<sql::Param>> sets;
  for (const auto& c : found) {
    sets.push_back({database.HashOf(project, c.case_id), std::string_view(c.case_id), project});
  }
  connection.QueryEach(
      "SELECT c.id FROM case_indices i JOIN cases c ON c.id = i.case_row WHERE "
      "i.referenced_hash = $1 AND i.referenced_id = $2 AND i.identifier = 'parent' AND "
      "c.project = $3 AND c.is_closed = 0 AND c.is_deleted = 0",
      sets, [&](std::size_t, const sql::Rows& row) { related.insert(row.Int(0)); });
}

std::vector<cases::Case> ReadAll(sql::Connection& connection, std::int64_t project,
                                 const Rows& rows) {
  std::vector<cases::Case> read;
  for (const auto row : rows) {
    auto c = cases::FindCaseByRow(connection, project, row);
    if (c && !c->is_deleted) read.push_back(std::move(*c));
  }
  return read;
}

}  // namespace

std::vector<cases::Case> RelatedTo(sql::Connection& connection, const sql::Database& database,
                                   std::int64_t project, const std::vector<cases::Case>& found,
                                   const SearchParams& params) {
  Rows related;
  AddNamed(connection, database, project, found, params.related_property, related);
  if (params.wants_all_related) {
    AddChildren(connection, database, project, found, related);
    const sync::Network network(connection, database, project, RowsOf(found));
    for (const auto& c : network.cases()) {
      if (!c.is_deleted) related.insert(c.row);
    }
  }
  for (const auto& c : found) related.erase(c.row);
  if (related.size() > kRelatedMax) {
    throw Problem(ProblemKind::kBadRequest,
                  "Search has too many results. Please try a more specific search.");
  }
  return ReadAll(connection, project, related);
}

std::vector<cases::Case> NetworkOf(sql::Connection& connection, const sql::Database& database,
                                   std::int64_t project, const std::vector<cases::Case>& named) {
  const sync::Network network(connection, database, project, RowsOf(named));
  const auto live = network.Live();
  Rows rows;
  for (std::size_t i = 0; i < live.size(); ++i) {
    if (live[i]) rows.insert(network.cases()[i].row);
  }
  for (const auto& c : named) rows.insert(c.row);
  return ReadAll(connection, project, rows);
}

}  // namespace outpost::mobile
