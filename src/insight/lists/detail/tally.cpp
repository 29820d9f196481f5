#include "insight/lists/detail/tally.h"

#include "insight/lists/detail/columns.h"

namespace outpost::lists::detail {

void Tally::Add(std::int64_t term, bool is_apart, std::int64_t day, int by) {
  if (term != 0) changes_[{CounterOf(term, is_apart), day}] += by;
}

void Tally::Flush(sql::Connection& query) {
  for (const auto& [key, by] : changes_) {
    if (by == 0) continue;
    query.Execute(
        "INSERT INTO counts (term, day, n) VALUES ($1, $2, $3) "
        "ON CONFLICT (term, day) DO UPDATE SET n = counts.n + excluded.n",
        {key.first, key.second, by});
  }
  changes_.clear();
}

}  // namespace outpost::lists::detail
