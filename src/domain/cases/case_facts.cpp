#include "domain/cases/case_facts.h"

#include <vector>

namespace outpost::cases {
namespace {

constexpr const char* kOne =
    "SELECT id, project, is_deleted, is_closed, type, name, owner_id, external_id, modified_by, "
    "opened_on, modified_on, closed_on, server_modified_on, indexed_on FROM cases WHERE id = $1";
constexpr const char* kNext =
    "SELECT id, project, is_deleted, is_closed, type, name, owner_id, external_id, modified_by, "
    "opened_on, modified_on, closed_on, server_modified_on, indexed_on FROM cases WHERE id > $1 "
    "ORDER BY id LIMIT $2";

std::optional<Instant> InstantOrNone(const sql::Rows& row, int column) {
  if (row.IsNull(column)) return std::nullopt;
  return Instant{row.Int(column)};
}

void Fill(const sql::Rows& row, CaseFacts& facts) {
  facts.row = row.Int(0);
  facts.project = row.Int(1);
  facts.is_deleted = row.Int(2) != 0;
  facts.is_closed = row.Int(3) != 0;
  facts.type = row.Text(4);
  facts.name = row.Text(5);
  facts.owner_id = row.Text(6);
  facts.external_id = row.Text(7);
  facts.modified_by = row.Text(8);
  facts.opened_on = InstantOrNone(row, 9);
  facts.modified_on = InstantOrNone(row, 10);
  facts.closed_on = InstantOrNone(row, 11);
  facts.server_modified_on = {row.Int(12)};
  facts.indexed_on = {row.Int(13)};
}

}  // namespace

void ReadFacts(sql::Connection& connection, std::span<const std::int64_t> rows,
               const EachCaseFacts& each) {
  std::vector<std::vector<sql::Param>> sets;
  sets.reserve(rows.size());
  for (const auto row : rows) sets.push_back({row});
  CaseFacts facts;
  connection.QueryEach(kOne, sets, [&](std::size_t, const sql::Rows& row) {
    Fill(row, facts);
    each(facts);
  });
}

int ScanFacts(sql::Connection& connection, std::int64_t after, int limit,
              const EachCaseFacts& each) {
  CaseFacts facts;
  int count = 0;
  const auto rows = connection.Query(kNext, {after, std::int64_t{limit}});
  for (; rows->Next(); ++count) {
    Fill(*rows, facts);
    each(facts);
  }
  return count;
}

}  // namespace outpost::cases
