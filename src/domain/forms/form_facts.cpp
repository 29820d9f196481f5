#include "domain/forms/form_facts.h"

#include <vector>

namespace outpost::forms {
namespace {

constexpr const char* kOne =
    "SELECT id, project, state, deleted_on, xmlns, user_id, app_id, received_on, "
    "server_modified_on, indexed_on FROM forms WHERE id = $1";
constexpr const char* kNext =
    "SELECT id, project, state, deleted_on, xmlns, user_id, app_id, received_on, "
    "server_modified_on, indexed_on FROM forms WHERE id > $1 ORDER BY id LIMIT $2";

void Fill(const sql::Rows& row, FormFacts& facts) {
  facts.row = row.Int(0);
  facts.project = row.Int(1);
  facts.state = static_cast<FormState>(row.Int(2));
  facts.is_deleted = row.Int(3) != 0;
  facts.xmlns = row.Text(4);
  facts.user_id = row.Text(5);
  facts.app_id = row.Text(6);
  facts.received_on = {row.Int(7)};
  facts.server_modified_on = {row.Int(8)};
  facts.indexed_on = {row.Int(9)};
}

}  // namespace

void ReadFacts(sql::Connection& connection, std::span<const std::int64_t> rows,
               const EachFormFacts& each) {
  std::vector<std::vector<sql::Param>> sets;
  sets.reserve(rows.size());
  for (const auto row : rows) sets.push_back({row});
  FormFacts facts;
  connection.QueryEach(kOne, sets, [&](std::size_t, const sql::Rows& row) {
    Fill(row, facts);
    each(facts);
  });
}

int ScanFacts(sql::Connection& connection, std::int64_t after, int limit,
              const EachFormFacts& each) {
  FormFacts facts;
  int count = 0;
  const auto rows = connection.Query(kNext, {after, std::int64_t{limit}});
  for (; rows->Next(); ++count) {
    Fill(*rows, facts);
    each(facts);
  }
  return count;
}

}  // namespace outpost::forms
