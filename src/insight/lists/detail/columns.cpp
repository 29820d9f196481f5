#include "insight/lists/detail/columns.h"

#include <array>

#include "base/problem.h"
#include "base/text.h"
#include "store/query/query.h"

namespace outpost::lists::detail {
namespace {

constexpr std::array kFormColumns = {
    Column{Field::kXmlns, "xmlns", 'x', true, true, true, false},
    Column{Field::kApp, "app", 'a', true, true, true, true},
    Column{Field::kPerson, "person", 'u', true, true, true, true},
    Column{Field::kIndexedOn, "indexed_on", 0, false, false, false, false},
    Column{Field::kReceivedOn, "received_on", 0, false, false, false, false},
    Column{Field::kServerModifiedOn, "server_modified_on", 0, false, false, false, false},
};

constexpr std::array kCaseColumns = {
    Column{Field::kType, "type", 't', true, false, true, false},
    Column{Field::kOwner, "owner", 'o', true, false, true, false},
    Column{Field::kPerson, "person", 'm', true, false, true, false},
    Column{Field::kName, "name", 'n', false, false, false, false},
    Column{Field::kExternalId, "external", 'e', false, false, false, false},
    Column{Field::kIndexedOn, "indexed_on", 0, false, false, false, false},
    Column{Field::kServerModifiedOn, "server_modified_on", 0, false, false, false, false},
    Column{Field::kModifiedOn, "modified_on", 0, false, false, false, false},
    Column{Field::kOpenedOn, "opened_on", 0, false, false, false, false},
    Column{Field::kClosedOn, "closed_on", 0, false, false, false, false},
};

template <class Columns>
const Column& Find(const Columns& columns, Field field) {
  for (const auto& column : columns) {
    if (column.field == field) return column;
  }
  throw Problem(ProblemKind::kInternal, "This list cannot be sorted or filtered that way.");
}

}  // namespace

const Column& ColumnOf(Subject subject, Field field) {
  return subject == Subject::kForms ? Find(kFormColumns, field) : Find(kCaseColumns, field);
}

std::int64_t TermOf(const sql::Database& query, std::int64_t project, const Column& column,
                    std::string_view text) {
  if (!column.is_folded) return query::TermOf(query, project, column.kind, text);
  return query::TermOf(query, project, column.kind, ToLower(text));
}

std::int64_t WholeProject(const sql::Database& query, Subject subject, std::int64_t project) {
  return query::TermOf(query, project, subject == Subject::kForms ? 'f' : 'c', "*");
}

}  // namespace outpost::lists::detail
