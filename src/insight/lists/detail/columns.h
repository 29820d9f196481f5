#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "insight/lists/lists.h"

/// How fields stand in the tables of the analytics database.
namespace outpost::lists::detail {

struct Column {
  Field field;
  std::string_view name;
  char kind;          // of its terms; 0 for times
  bool has_counts;    // totals by term are kept
  bool has_received;  // an index (term, received_on) beside (term, indexed_on)
  bool is_ordered;    // an index (term, indexed_on), else (term) alone
  bool is_folded;     // letter case does not count
};

/// @throws Problem kInternal when the subject has no such field: a mistake of the caller.
const Column& ColumnOf(Subject subject, Field field);

/// The term of a text in this column.
std::int64_t TermOf(const sql::Database& query, std::int64_t project, const Column& column,
                    std::string_view text);
/// The term that every row of a project space has.
std::int64_t WholeProject(const sql::Database& query, Subject subject, std::int64_t project);

/// The key under which rows with a term are counted: archived forms and closed cases apart.
constexpr std::int64_t CounterOf(std::int64_t term, bool is_apart) {
  return is_apart ? ~term : term;
}

constexpr std::int64_t DayOf(std::int64_t micros) { return micros / kMicrosPerDay; }

}  // namespace outpost::lists::detail
