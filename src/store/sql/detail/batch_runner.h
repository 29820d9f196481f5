#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "store/sql/database.h"
#include "store/sql/detail/fair_queue.h"
#include "store/sql/writer.h"

namespace outpost::sql::detail {

/// Runs batches: many jobs in one transaction, and each alone when that fails.
/// Threads: the writer's only, except report().
class BatchRunner {
 public:
  /// Of the time for a batch, at most so much for bulk jobs.
  static constexpr std::int64_t kBulkMicrosMax = 5'000;

  /// `on_commit` is told the newest position after each commit, before the Done of its jobs.
  BatchRunner(Database& database, Connection& connection, const Clock& clock,
              MetricRegistry& metrics, const WriterOptions& options,
              std::function<void(std::int64_t)> on_commit);

  /// Runs the jobs and calls their Done. @returns those that had no turn for lack of time.
  std::vector<QueuedJob> Run(std::vector<QueuedJob> queued);

  /// The cost that is expected to take so long, by what jobs took lately. At least 1.
  std::uint32_t CostOf(std::int64_t micros) const;
  void NoteCheckpoint(std::int64_t micros);

  Stamp last() const { return last_; }
  WriterReport report() const;

 private:
  struct Entry {
    QueuedJob queued;
    bool is_bulk = false;
    bool had_turn = false;
    std::int64_t micros = 0;     // Load and Apply
    std::exception_ptr failure;  // this job's own
  };
  enum class Verdict : std::uint8_t { kCommit, kNothingToCommit, kTainted };
  using Step = void (WriteJob::*)(Batch&);

  std::exception_ptr RunTogether(std::span<Entry> entries, bool is_timed);
  Verdict RunJobs(Batch& batch, std::span<Entry> entries, bool is_timed);
  bool RunStep(Batch& batch, Entry& entry, Step step);
  Stamp Begin();
  void Commit();
  void RunOneByOne(std::span<Entry> entries);
  void Finish(std::span<Entry> entries);
  static void TellSlow(const Entry& entry);
  void LearnCost(std::span<const Entry> entries, std::int64_t micros);

  Database& database_;
  Connection& connection_;
  const Clock& clock_;
  const std::int64_t work_micros_max_;
  std::function<void(std::int64_t)> on_commit_;
  Stamp last_;
  double micros_per_cost_ = 200;

  Counter& batches_;
  Counter& jobs_;
  Counter& redone_;
  Gauge& batch_jobs_;
  Histogram& job_seconds_;
  Histogram& commit_seconds_;
  Histogram& checkpoint_seconds_;
  mutable std::mutex report_mutex_;
  WriterReport report_;
};

}  // namespace outpost::sql::detail
