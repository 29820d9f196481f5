#pragma once

#include <cstdint>
#include <memory>

#include "base/metrics.h"
#include "store/sql/database.h"
#include "store/sql/writer.h"

/// Keeps the lists up to date: the one writer of the analytics database.
///
///   empty, damaged or of another history ─► rebuild to a position from the tables
///                                           └─► follow the change log, for as long as it runs
///
/// The state of the lists is that of the primary database at one position, never half of a batch;
/// a page is therefore in the order in which changes were committed (web document 2.2,
/// indexed_on). What a change says is read again from the tables, so doing it twice does no harm.
namespace outpost::lists {

/// All must outlive the feeder.
struct FeederParts {
  sql::Database& primary;
  sql::Writer& writer;  // knows of commits; keeps the feeder's place in the change log
  sql::Database& query;
  MetricRegistry& metrics;
};

struct FeederState {
  std::int64_t seq = 0;      // the primary database's position that the lists show
  bool is_complete = false;  // false while they are made anew
  std::int64_t rows_done = 0, rows_total = 0;  // of the rebuild
};

/// Changes in one transaction of the analytics database.
inline constexpr int kSliceChanges = 1'000;

class Feeder {
 public:
  /// Starts its thread.
  explicit Feeder(const FeederParts& parts);
  /// Stop().
  ~Feeder();

  /// Ends after the slice that runs; goes on from there at the next start.
  void Stop();

  FeederState State() const;
  /// Waits until the lists show everything up to `seq` or the time is over. Threads: any.
  bool WaitFor(std::int64_t seq, std::int64_t micros_max) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace outpost::lists
