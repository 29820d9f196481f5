#pragma once

#include <cstdint>
#include <memory>

#include "base/clock.h"
#include "store/sql/database.h"
#include "store/sql/writer.h"

/// Deletes device reports that are older than they are kept, a small slice at a time, behind
/// everything that phones send.
namespace outpost::device_logs {

inline constexpr std::int64_t kKeepDaysDefault = 60;
inline constexpr std::int64_t kKeepDaysMax = 3'650;

/// Once, now. Blocks; call from a thread that may wait. @returns how many reports went.
std::int64_t TrimAll(sql::Database& database, sql::Writer& writer, Instant now,
                     std::int64_t keep_days);

/// TrimAll a minute after the start and then every hour, on a thread of its own.
class Trimmer {
 public:
  /// Starts. keep_days 0: reports are kept for ever, there is no thread. All must outlive it.
  Trimmer(sql::Database& database, sql::Writer& writer, const Clock& clock, std::int64_t keep_days);
  /// Stop().
  ~Trimmer();
  /// Lets a slice on its way finish. Before the writer stops.
  void Stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace outpost::device_logs
