#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <thread>

#include "domain/people/detail/hashing_pool.h"

namespace outpost::people::detail {

/// Password checks of names that do not exist: they end after the time that a real one would take,
/// so that nobody learns from it which names exist, but hash nothing. However many there are, they
/// take no turn from those that could be right. Threads: any.
class PretendedChecks {
 public:
  /// More than this many at once are refused.
  explicit PretendedChecks(std::size_t waiting_max);
  /// Stop().
  ~PretendedChecks();

  /// `job` runs on the thread of the checks after so many microseconds.
  void Submit(std::int64_t micros, HashingPool::Job job);
  /// Refuses what waits and what is submitted later.
  void Stop();

 private:
  void Work();

  const std::size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::multimap<std::int64_t, HashingPool::Job> by_due_;  // steady microseconds
  bool is_stopping_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace outpost::people::detail
