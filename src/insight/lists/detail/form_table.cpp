#include "insight/lists/detail/form_table.h"

#include <vector>

#include "insight/lists/detail/columns.h"

namespace outpost::lists::detail {
namespace {

constexpr const char* kRead =
    "SELECT id, project, is_archived, xmlns, app, person, received_on, server_modified_on, "
    "indexed_on FROM listed_forms WHERE id = $1";
constexpr const char* kInsert =
    "INSERT INTO listed_forms (id, project, is_archived, xmlns, app, person, received_on, "
    "server_modified_on, indexed_on) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

ListedForm Read(const sql::Rows& row) {
  ListedForm form;
  form.id = row.Int(0);
  form.project = row.Int(1);
  form.is_archived = row.Int(2) != 0;
  form.xmlns = row.Int(3);
  form.app = row.Int(4);
  form.person = row.Int(5);
  form.received_on = row.Int(6);
  form.server_modified_on = row.Int(7);
  form.indexed_on = row.Int(8);
  return form;
}

}  // namespace

bool FormTable::IsListed(const forms::FormFacts& facts) {
  using forms::FormState;
  return !facts.is_deleted &&
         (facts.state == FormState::kNormal || facts.state == FormState::kArchived);
}

ListedForm FormTable::ListedOf(const forms::FormFacts& facts) const {
  const auto term = [&](Field field, std::string_view text) {
    return TermOf(database_, facts.project, ColumnOf(Subject::kForms, field), text);
  };
  return {facts.row,
          facts.project,
          facts.state == forms::FormState::kArchived,
          term(Field::kXmlns, facts.xmlns),
          term(Field::kApp, facts.app_id),
          term(Field::kPerson, facts.user_id),
          facts.received_on.micros,
          facts.server_modified_on.micros,
          facts.indexed_on.micros};
}

void FormTable::Count(const ListedForm& form, int by) {
  const auto day = DayOf(form.indexed_on);
  const auto whole = WholeProject(database_, Subject::kForms, form.project);
  for (const auto term : {whole, form.xmlns, form.app, form.person}) {
    tally_.Add(term, form.is_archived, day, by);
  }
}

void FormTable::Write(const ListedForm& form) {
  query_.Execute(kInsert,
                 {form.id, form.project, std::int64_t{form.is_archived}, form.xmlns, form.app,
                  form.person, form.received_on, form.server_modified_on, form.indexed_on});
  Count(form, 1);
}

void FormTable::Insert(const forms::FormFacts& facts) { Write(ListedOf(facts)); }

void FormTable::Bring(std::span<const std::int64_t> rows, sql::Connection& primary) {
  std::vector<ListedForm> fresh;
  forms::ReadFacts(primary, rows, [&](const forms::FormFacts& facts) {
    if (IsListed(facts)) fresh.push_back(ListedOf(facts));
  });
  std::vector<std::vector<sql::Param>> sets;
  for (const auto row : rows) sets.push_back({row});
  std::vector<ListedForm> old;
  query_.QueryEach(kRead, sets,
                   [&](std::size_t, const sql::Rows& row) { old.push_back(Read(row)); });
  // Forms seldom change: most are new, and a changed one may take its row's place anew.
  for (const auto& form : old) {
    query_.Execute("DELETE FROM listed_forms WHERE id = $1", {form.id});
    Count(form, -1);
  }
  for (const auto& form : fresh) Write(form);
}

}  // namespace outpost::lists::detail
