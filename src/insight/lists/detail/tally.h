#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

#include "store/sql/connection.h"

namespace outpost::lists::detail {

/// Changes of counters, gathered and written together.
class Tally {
 public:
  /// A row with this term, indexed on that day, came (1) or went (-1). The term 0 is not counted.
  void Add(std::int64_t term, bool is_apart, std::int64_t day, int by);
  /// Writes and forgets them, inside the caller's transaction.
  void Flush(sql::Connection& query);
  std::size_t size() const { return changes_.size(); }

 private:
  std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> changes_;
};

}  // namespace outpost::lists::detail
