#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/metrics.h"
#include "insight/search/index.h"
#include "store/sql/database.h"

/// Keeps the token index up to date: the one writer of its database, on a thread of the lowest
/// priority that never holds the lists or the primary database.
///
///   lists (rows in the order of indexed_on) ─► document ─► tokens ─► index
///
/// Its place is kept by project space and subject, with what it wrote, so it goes on where it
/// stopped. Making the index anew is the same work from the start. Other lists, other index.
namespace outpost::search {

/// The document that filters look into, as JSON; none when the row is gone. May throw for one that
/// cannot be read: it is counted and left out.
using ReadDocument =
    std::function<std::optional<std::string>(Subject, std::int64_t project, std::int64_t row)>;

/// All must outlive the feeder.
struct SearchFeederParts {
  sql::Database& lists;  // store/query
  sql::Database& search;
  ReadDocument read;
  MetricRegistry& metrics;
};

/// Documents in one transaction.
inline constexpr int kSliceDocuments = 4'000;

class SearchFeeder {
 public:
  /// Starts its thread.
  explicit SearchFeeder(SearchFeederParts parts);
  /// Stop().
  ~SearchFeeder();
  /// Ends within a document; what it had not committed is done again at the next start.
  void Stop();
  /// Waits until a pass that began after this call found nothing to do, or the time is over.
  bool WaitUntilIdle(std::int64_t micros_max) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace outpost::search
