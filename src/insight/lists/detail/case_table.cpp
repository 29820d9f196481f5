#include "insight/lists/detail/case_table.h"

#include <unordered_map>
#include <vector>

#include "insight/lists/detail/columns.h"

namespace outpost::lists::detail {
namespace {

constexpr const char* kRead =
    "SELECT id, project, is_closed, type, name, owner, external, person, opened_on, modified_on, "
    "closed_on, server_modified_on, indexed_on FROM listed_cases WHERE id = $1";
constexpr const char* kInsert =
    "INSERT INTO listed_cases (id, project, is_closed, type, name, owner, external, person, "
    "opened_on, modified_on, closed_on, server_modified_on, indexed_on) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
// Two statements: an engine writes every index of which a column is named, whether it changes or
// not, and most changes leave what a case is and whose it is.
constexpr const char* kUpdateTimes =
    "UPDATE listed_cases SET is_closed = $2, person = $3, modified_on = $4, "
    "server_modified_on = $5, indexed_on = $6 WHERE id = $1";
constexpr const char* kUpdateRest =
    "UPDATE listed_cases SET type = $2, name = $3, owner = $4, external = $5, opened_on = $6, "
    "closed_on = $7 WHERE id = $1";

std::optional<std::int64_t> IntOrNone(const sql::Rows& row, int column) {
  if (row.IsNull(column)) return std::nullopt;
  return row.Int(column);
}

sql::Param ParamOf(const std::optional<std::int64_t>& value) {
  if (!value) return std::monostate{};
  return *value;
}

std::optional<std::int64_t> MicrosOf(const std::optional<Instant>& at) {
  if (!at) return std::nullopt;
  return at->micros;
}

ListedCase Read(const sql::Rows& row) {
  ListedCase c;
  c.id = row.Int(0);
  c.project = row.Int(1);
  c.is_closed = row.Int(2) != 0;
  c.type = row.Int(3);
  c.name = row.Int(4);
  c.owner = row.Int(5);
  c.external = row.Int(6);
  c.person = row.Int(7);
  c.opened_on = IntOrNone(row, 8);
  c.modified_on = IntOrNone(row, 9);
  c.closed_on = IntOrNone(row, 10);
  c.server_modified_on = row.Int(11);
  c.indexed_on = row.Int(12);
  return c;
}

bool IsSameInRest(const ListedCase& a, const ListedCase& b) {
  return a.type == b.type && a.name == b.name && a.owner == b.owner && a.external == b.external &&
         a.opened_on == b.opened_on && a.closed_on == b.closed_on;
}

}  // namespace

ListedCase CaseTable::ListedOf(const cases::CaseFacts& facts) const {
  const auto term = [&](Field field, std::string_view text) {
    return TermOf(database_, facts.project, ColumnOf(Subject::kCases, field), text);
  };
  return {facts.row,
          facts.project,
          facts.is_closed,
          term(Field::kType, facts.type),
          term(Field::kName, facts.name),
          term(Field::kOwner, facts.owner_id),
          term(Field::kExternalId, facts.external_id),
          term(Field::kPerson, facts.modified_by),
          MicrosOf(facts.opened_on),
          MicrosOf(facts.modified_on),
          MicrosOf(facts.closed_on),
          facts.server_modified_on.micros,
          facts.indexed_on.micros};
}

void CaseTable::Count(const ListedCase& c, int by) {
  const auto day = DayOf(c.indexed_on);
  const auto whole = WholeProject(database_, Subject::kCases, c.project);
  for (const auto term : {whole, c.type, c.owner, c.person}) {
    tally_.Add(term, c.is_closed, day, by);
  }
}

void CaseTable::Write(const ListedCase& c) {
  query_.Execute(kInsert, {c.id, c.project, std::int64_t{c.is_closed}, c.type, c.name, c.owner,
                           c.external, c.person, ParamOf(c.opened_on), ParamOf(c.modified_on),
                           ParamOf(c.closed_on), c.server_modified_on, c.indexed_on});
  Count(c, 1);
}

void CaseTable::Insert(const cases::CaseFacts& facts) { Write(ListedOf(facts)); }

void CaseTable::Change(const ListedCase& old, const ListedCase& fresh) {
  query_.Execute(kUpdateTimes,
                 {fresh.id, std::int64_t{fresh.is_closed}, fresh.person, ParamOf(fresh.modified_on),
                  fresh.server_modified_on, fresh.indexed_on});
  if (!IsSameInRest(old, fresh)) {
    query_.Execute(kUpdateRest, {fresh.id, fresh.type, fresh.name, fresh.owner, fresh.external,
                                 ParamOf(fresh.opened_on), ParamOf(fresh.closed_on)});
  }
  Count(old, -1);
  Count(fresh, 1);
}

void CaseTable::Bring(std::span<const std::int64_t> rows, sql::Connection& primary) {
  std::vector<std::vector<sql::Param>> sets;
  for (const auto row : rows) sets.push_back({row});
  std::unordered_map<std::int64_t, ListedCase> old;
  query_.QueryEach(kRead, sets,
                   [&](std::size_t, const sql::Rows& row) { old.emplace(row.Int(0), Read(row)); });
  cases::ReadFacts(primary, rows, [&](const cases::CaseFacts& facts) {
    if (!IsListed(facts)) return;
    const auto fresh = ListedOf(facts);
    const auto before = old.find(fresh.id);
    if (before == old.end()) return Write(fresh);
    Change(before->second, fresh);
    old.erase(before);
  });
  for (const auto& [id, gone] : old) {
    query_.Execute("DELETE FROM listed_cases WHERE id = $1", {id});
    Count(gone, -1);
  }
}

}  // namespace outpost::lists::detail
