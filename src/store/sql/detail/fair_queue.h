#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>
#include <vector>

#include "store/sql/writer.h"

namespace outpost::sql::detail {

struct QueuedJob {
  std::unique_ptr<WriteJob> job;
  std::int64_t submitted_micros = 0;  // of SteadyMicros
  std::uint32_t cost = 1;
};

/// Jobs waiting for the writer: a queue per project space, served in turn by cost (deficit round
/// robin), so that what one project has queued does not change when another's next job runs.
/// Threads: one at a time.
class FairQueue {
 public:
  void Push(QueuedJob job);
  /// Puts jobs that were taken but not run back to where they came from, in their order.
  void PutBack(std::vector<QueuedJob> jobs);
  /// Appends jobs to `out` until one of the limits is reached; always at least one if there is one.
  void Take(std::size_t jobs_max, std::uint32_t cost_max, std::vector<QueuedJob>& out);

  std::size_t size() const { return size_; }
  /// When the job was submitted that waits longest. Only when size() > 0.
  std::int64_t OldestSubmitted() const;

 private:
  struct Lane {
    std::deque<QueuedJob> jobs;
    std::int64_t credit = 0;
    bool has_turn = false;
  };
  void EndTurn(Lane& lane);

  std::unordered_map<std::int64_t, Lane> lanes_;  // only those with jobs
  std::deque<std::int64_t> turns_;                // their keys; the front is being served
  std::size_t size_ = 0;
};

}  // namespace outpost::sql::detail
