#include "insight/lists/detail/question.h"

#include <algorithm>
#include <limits>

#include "insight/lists/detail/columns.h"
#include "store/query/query.h"

namespace outpost::lists::detail {
namespace {

constexpr std::int64_t kEver = std::numeric_limits<std::int64_t>::max();

std::string TableOf(Subject subject) {
  return subject == Subject::kForms ? query::kForms : query::kCases;
}

/// A unary plus keeps an engine from choosing an index for this column.
std::string Named(std::string_view column, bool may_lead) {
  return (may_lead ? "" : "+") + std::string(column);
}

void Append(Question& question, std::string_view text) {
  if (!question.text.empty()) question.text += " AND ";
  question.text += text;
}

/// Any number of values as one: a list as JSON.
std::string AmongMany(Question& question, const Condition& condition) {
  auto list = std::make_shared<std::string>("[");
  for (const auto term : condition.terms) {
    if (list->size() > 1) *list += ',';
    *list += std::to_string(term);
  }
  *list += ']';
  question.params.emplace_back(std::string_view(*list));
  question.texts.push_back(std::move(list));
  const auto name = "$" + std::to_string(question.params.size());
  if (condition.engine == sql::Engine::kSqlite) {
    return " IN (SELECT value FROM json_each(" + name + "))";
  }
  return " = ANY(ARRAY(SELECT CAST(jsonb_array_elements_text(CAST(" + name +
         " AS JSONB)) AS BIGINT)))";
}

void AppendCondition(Question& question, const Condition& condition, bool may_lead) {
  const auto column = Named(condition.column, may_lead);
  if (condition.is_range) {
    Append(question, column + " BETWEEN " + Bind(question, condition.from) + " AND " +
                         Bind(question, condition.to));
    return;
  }
  if (condition.terms.size() > kValuesMax) {
    Append(question, column + AmongMany(question, condition));
    return;
  }
  std::string text = column + (condition.terms.size() == 1 ? " = " : " IN (");
  for (std::size_t i = 0; i < condition.terms.size(); ++i) {
    text += (i > 0 ? ", " : "") + Bind(question, condition.terms[i]);
  }
  Append(question, text + (condition.terms.size() == 1 ? "" : ")"));
}

void AppendApart(Question& question, const Selection& selection) {
  if (selection.subject == Subject::kForms) {
    if (!selection.with_archived) Append(question, "+is_archived = 0");
  } else if (selection.is_closed) {
    Append(question, "+is_closed = " + Bind(question, *selection.is_closed ? 1 : 0));
  }
}

/// What comes after WHERE.
Question Where(const Selection& selection, const std::vector<Condition>& conditions,
               const Plan& plan) {
  Question question;
  const bool leads_by_project =
      plan.driver == nullptr || (plan.is_sorted_after && plan.driver->is_range);
  Append(question, Named("project", leads_by_project) + " = " + Bind(question, selection.project));
  for (const auto& condition : conditions) {
    const bool is_of_order = !plan.is_sorted_after && condition.is_range &&
                             condition.field == selection.order.front().field;
    AppendCondition(question, condition, &condition == plan.driver || is_of_order);
  }
  AppendApart(question, selection);
  return question;
}

std::string OrderBy(const Selection& selection, bool is_sorted_after) {
  std::string text = " ORDER BY ";
  for (const auto& order : selection.order) {
    text += Named(ColumnOf(selection.subject, order.field).name, !is_sorted_after);
    text += order.is_descending ? " DESC, " : ", ";
  }
  return text + (selection.order.back().is_descending ? "id DESC" : "id");
}

std::int64_t EstimateEqual(sql::Connection& connection, const Selection& selection,
                           const Condition& condition) {
  const auto& column = ColumnOf(selection.subject, condition.field);
  std::int64_t rows = 0;
  for (const auto term : condition.terms) {
    // How many more does not matter.
    if (rows > kSortMax) break;
    if (column.has_counts && term != 0) {
      rows += CountedRows(connection, CounterOf(term, false), kEveryDay);
      rows += CountedRows(connection, CounterOf(term, true), kEveryDay);
      continue;
    }
    Question question;
    Append(question, std::string(column.name) + " = " + Bind(question, term));
    question.text = "SELECT 1 FROM " + TableOf(selection.subject) + " WHERE " + question.text;
    rows += CountUpTo(connection, std::move(question), kSortMax);
  }
  return rows;
}

std::int64_t EstimateRange(sql::Connection& connection, const Selection& selection,
                           const Condition& condition) {
  Selection alone;
  alone.subject = selection.subject;
  alone.project = selection.project;
  alone.with_archived = true;
  alone.order = {{condition.field, false}};
  const std::vector<Condition> conditions = {condition};
  return CountUpTo(connection, CountQuestion(alone, conditions, {}), kSortMax);
}

Condition& RangeOn(std::vector<Condition>& conditions, Subject subject, Field field) {
  const auto known = std::find_if(conditions.begin(), conditions.end(), [&](const auto& condition) {
    return condition.is_range && condition.field == field;
  });
  if (known != conditions.end()) return *known;
  return conditions.emplace_back(
      Condition{field, ColumnOf(subject, field).name, true, {}, -kEver, kEver, {}});
}

/// Whether rows with a term lie in the order asked for.
bool IsInOrder(const Selection& selection, const Condition& condition) {
  if (condition.is_range || condition.terms.size() != 1 || condition.terms.front() == 0) {
    return false;
  }
  const auto& column = ColumnOf(selection.subject, condition.field);
  const auto first = selection.order.front().field;
  return (first == Field::kIndexedOn && column.is_ordered) ||
         (first == Field::kReceivedOn && column.has_received);
}

Condition ConditionOf(const sql::Database& query, const Selection& selection, const Equal& equal) {
  const auto& column = ColumnOf(selection.subject, equal.field);
  Condition condition{equal.field, column.name, false, {}, 0, 0, query.engine()};
  for (const auto& value : equal.any_of) {
    condition.terms.push_back(TermOf(query, selection.project, column, value));
  }
  std::sort(condition.terms.begin(), condition.terms.end());
  condition.terms.erase(std::unique(condition.terms.begin(), condition.terms.end()),
                        condition.terms.end());
  return condition;
}

}  // namespace

std::string Bind(Question& question, std::int64_t value) {
  question.params.emplace_back(value);
  return "$" + std::to_string(question.params.size());
}

std::vector<Condition> ConditionsOf(const sql::Database& query, const Selection& selection) {
  std::vector<Condition> conditions;
  for (const auto& equal : selection.equals) {
    conditions.push_back(ConditionOf(query, selection, equal));
  }
  if (selection.within) conditions.push_back(ConditionOf(query, selection, *selection.within));
  for (const auto& range : selection.ranges) {
    // Both ends of a window come as two parameters: together they are what an index can lead to.
    auto& condition = RangeOn(conditions, selection.subject, range.field);
    if (range.from) condition.from = std::max(condition.from, range.from->micros);
    if (range.to) condition.to = std::min(condition.to, range.to->micros);
  }
  return conditions;
}

Plan MakePlan(sql::Connection& connection, const Selection& selection,
              const std::vector<Condition>& conditions) {
  Plan plan;
  plan.rarest_rows = kEver;
  std::int64_t fewest_in_order = kEver;
  const Condition* in_order = nullptr;
  for (const auto& condition : conditions) {
    const auto rows = condition.is_range ? EstimateRange(connection, selection, condition)
                                         : EstimateEqual(connection, selection, condition);
    if (rows < plan.rarest_rows) {
      plan.rarest_rows = rows;
      plan.rarest = &condition;
    }
    if (rows < fewest_in_order && IsInOrder(selection, condition)) {
      fewest_in_order = rows;
      in_order = &condition;
    }
  }
  // Walking the order begins and ends at its own range by itself.
  const bool is_of_order = plan.rarest != nullptr && plan.rarest->is_range &&
                           plan.rarest->field == selection.order.front().field;
  plan.is_sorted_after = plan.rarest_rows <= kSortMax && !is_of_order && plan.rarest != in_order;
  plan.driver = plan.is_sorted_after ? plan.rarest : in_order;
  return plan;
}

Question PageQuestion(const Selection& selection, const std::vector<Condition>& conditions,
                      const Plan& plan) {
  auto question = Where(selection, conditions, plan);
  question.text = "SELECT id, indexed_on FROM " + TableOf(selection.subject) + " WHERE " +
                  question.text + OrderBy(selection, plan.is_sorted_after);
  return question;
}

Question CountQuestion(const Selection& selection, const std::vector<Condition>& conditions,
                       const Plan& plan) {
  auto question = Where(selection, conditions, plan);
  question.text = "SELECT 1 FROM " + TableOf(selection.subject) + " WHERE " + question.text;
  return question;
}

std::int64_t CountAmongRarest(sql::Connection& connection, const Selection& selection,
                              const std::vector<Condition>& conditions, const Plan& plan) {
  Question question;
  Append(question,
         Named("project", plan.rarest->is_range) + " = " + Bind(question, selection.project));
  AppendCondition(question, *plan.rarest, true);
  const auto seen = "SELECT * FROM " + TableOf(selection.subject) + " WHERE " + question.text +
                    " LIMIT " + Bind(question, kSortMax);
  question.text.clear();
  for (const auto& condition : conditions) {
    if (&condition != plan.rarest) AppendCondition(question, condition, true);
  }
  AppendApart(question, selection);
  const auto rows = connection.Query("SELECT COUNT(*) FROM (" + seen + ") AS seen" +
                                         (question.text.empty() ? "" : " WHERE " + question.text),
                                     question.params);
  return rows->Next() ? rows->Int(0) : 0;
}

Question RowQuestion(const Selection& selection, const std::vector<Condition>& conditions) {
  Question question;
  Append(question, "id = " + Bind(question, 0));
  Append(question, "project = " + Bind(question, selection.project));
  for (const auto& condition : conditions) AppendCondition(question, condition, false);
  AppendApart(question, selection);
  std::string columns = "id, indexed_on";
  for (const auto& order : selection.order) {
    columns += ", " + std::string(ColumnOf(selection.subject, order.field).name);
  }
  question.text =
      "SELECT " + columns + " FROM " + TableOf(selection.subject) + " WHERE " + question.text;
  return question;
}

std::int64_t CountedRows(sql::Connection& connection, std::int64_t counter, const Days& days) {
  const auto rows = connection.Query(
      "SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM counts "
      "WHERE term = $1 AND day BETWEEN $2 AND $3",
      {counter, days.from, days.to});
  return rows->Next() ? rows->Int(0) : 0;
}

std::int64_t CountUpTo(sql::Connection& connection, Question question, std::int64_t max) {
  question.text = "SELECT COUNT(*) FROM (" + question.text + " LIMIT " + Bind(question, max + 1) +
                  ") AS counted";
  const auto rows = connection.Query(question.text, question.params);
  return rows->Next() ? rows->Int(0) : 0;
}

}  // namespace outpost::lists::detail
