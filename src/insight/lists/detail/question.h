#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "insight/lists/lists.h"

/// A selection as SQL over the analytics database.
namespace outpost::lists::detail {

/// Up to so many rows are rather collected and sorted than looked for along an order.
inline constexpr std::int64_t kSortMax = kCountMax;

struct Question {
  std::string text;
  std::vector<sql::Param> params;
  std::vector<std::shared_ptr<const std::string>> texts = {};  // that params refer to
};
/// Adds a value; @returns the name by which the text refers to it.
std::string Bind(Question& question, std::int64_t value);

/// One condition of a selection: column = any of the terms, or column within both ends.
struct Condition {
  Field field = Field::kIndexedOn;
  std::string_view column;
  bool is_range = false;
  std::vector<std::int64_t> terms;
  std::int64_t from = 0, to = 0;
  sql::Engine engine = sql::Engine::kSqlite;
};
std::vector<Condition> ConditionsOf(const sql::Database& query, const Selection& selection);

/// Which condition's index the engine is led to; none: the project space's, in the order asked for.
struct Plan {
  const Condition* driver = nullptr;
  bool is_sorted_after = false;
  /// The condition that fewest rows fulfil, and how many, counted to kSortMax + 1 where no counter
  /// knows.
  const Condition* rarest = nullptr;
  std::int64_t rarest_rows = 0;
};
Plan MakePlan(sql::Connection& connection, const Selection& selection,
              const std::vector<Condition>& conditions);

/// SELECT id, indexed_on … ORDER BY … ; the caller adds LIMIT and OFFSET.
Question PageQuestion(const Selection& selection, const std::vector<Condition>& conditions,
                      const Plan& plan);
/// One of `rows`: $1 is its id; answers id, indexed_on and the order's columns.
Question RowQuestion(const Selection& selection, const std::vector<Condition>& conditions);
/// SELECT 1 … of rows that an index leads to one after the other; for counting.
Question CountQuestion(const Selection& selection, const std::vector<Condition>& conditions,
                       const Plan& plan);

/// How many of at most kSortMax rows of the rarest condition fulfil the others too.
std::int64_t CountAmongRarest(sql::Connection& connection, const Selection& selection,
                              const std::vector<Condition>& conditions, const Plan& plan);

/// Rows with a term, from the counters; `days` limits to whole days [from, to].
struct Days {
  std::int64_t from, to;
};
std::int64_t CountedRows(sql::Connection& connection, std::int64_t counter, const Days& days);
inline constexpr Days kEveryDay{-1'000'000, 10'000'000};

/// At most `max` + 1.
std::int64_t CountUpTo(sql::Connection& connection, Question question, std::int64_t max);

}  // namespace outpost::lists::detail
