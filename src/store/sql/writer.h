#pragma once

#include <any>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <typeindex>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/instant.h"
#include "base/metrics.h"
#include "store/sql/connection.h"

/// The one writer. Everything that changes the primary database is a WriteJob.
///
///   Submit ──► queue per project space ──► batch ──► Load all ─► Apply all ─► Flush ─►
///   commit+fsync
///                (served in turn by cost)                                     └► Done of each job
///
/// Batches of several processes on PostgreSQL are serialised by one advisory lock, so positions are
/// given in commit order without gaps on both engines.
namespace outpost::sql {

class Database;

/// A place in the one order of all changes, and the moment it was given. `at` is strictly
/// increasing: max(clock, last + 1 us).
struct Stamp {
  std::int64_t seq = 0;
  Instant at;
};

/// Work of several jobs of one batch that is gathered and written once, such as rows loaded and
/// changed in memory. Made on first use, gone with the batch.
class Batch;
class BatchState {
 public:
  virtual ~BatchState() = default;
  /// Writes what was gathered. Called once, after the last Apply, in order of creation.
  virtual void Flush(Batch& batch) = 0;
};

/// One transaction of the writer as jobs see it.
class Batch {
 public:
  Batch(Connection& connection, Database& database, Stamp last, Instant now)
      : connection_(connection), database_(database), last_(last), now_(now) {}
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  Connection& connection() { return connection_; }
  Database& database() { return database_; }
  /// Clock at the start of the batch.
  Instant now() const { return now_; }
  /// Takes the next position. Also used as the row id of what is created.
  Stamp Next();
  Stamp last() const { return last_; }

  /// The batch's S, made from (Batch&) on first use.
  template <class S>
  S& State() {
    auto& slot = by_type_[std::type_index(typeid(S))];
    if (slot == nullptr) {
      states_.push_back(std::make_unique<S>(*this));
      slot = states_.back().get();
    }
    return static_cast<S&>(*slot);
  }
  void FlushStates();

 private:
  Connection& connection_;
  Database& database_;
  Stamp last_;
  Instant now_;
  std::vector<std::unique_ptr<BatchState>> states_;
  std::unordered_map<std::type_index, BatchState*> by_type_;
};

/// A unit of change. Load and Apply may be called again after a failed batch and must then start
/// from nothing. All of a job's database work is in one transaction.
class WriteJob {
 public:
  virtual ~WriteJob() = default;

  /// Fair-queue key: the row id of the project space, 0 for the server itself.
  virtual std::int64_t project() const = 0;
  /// Rough cost in units of one small form; shares between projects are by cost.
  virtual std::uint32_t cost() const { return 1; }
  /// Bulk jobs run only while no other job has waited for 5 ms.
  virtual bool is_bulk() const { return false; }

  /// Reads what Apply needs, for many jobs in one go. Optional.
  virtual void Load(Batch&) {}
  /// Decides, then writes. A Problem thrown before the first write refuses this job only.
  virtual void Apply(Batch& batch) = 0;
  /// Called exactly once, on the writer's thread, after the commit is on stable storage (failure
  /// is null) or when the job had no effect (failure says why). Must not block.
  virtual void Done(std::exception_ptr failure) noexcept = 0;
};

/// Nothing holds the writer longer: a job that does is logged as "writer.slow_job".
inline constexpr std::int64_t kJobMicrosMax = 20'000;

struct WriterOptions {
  std::size_t batch_jobs_max = 128;
  std::uint32_t batch_cost_max = 512;
  /// Work in a batch after which no further job gets its turn; with the commit it keeps the writer
  /// from being held for more than 20 ms.
  std::int64_t batch_micros_max = 12'000;
  /// Jobs waiting over this are refused: Submit throws Problem kBusy.
  std::size_t queue_jobs_max = 20'000;
};

/// What the writer has seen since start; printed at shutdown and exposed as metrics.
struct WriterReport {
  std::uint64_t batches = 0;
  std::uint64_t jobs = 0;
  std::uint64_t batches_redone = 0;
  std::int64_t job_micros_max = 0;  // longest single Load + Apply
  std::int64_t commit_micros_max = 0;
  std::int64_t checkpoint_micros_max = 0;
};

class Writer {
 public:
  Writer(Database& database, const Clock& clock, MetricRegistry& metrics,
         const WriterOptions& options = {});
  /// Stop().
  ~Writer();

  /// Threads: any. @throws Problem kBusy when the queue is full, kPaused after Stop began.
  void Submit(std::unique_ptr<WriteJob> job);

  /// Runs `apply` as a job and waits for it. Not from the writer's thread.
  /// Rethrows what it threw.
  void Run(std::int64_t project, const std::function<void(Batch&)>& apply);
  /// The same as a bulk job: behind everything that does not wait for long.
  void RunBulk(std::int64_t project, const std::function<void(Batch&)>& apply);

  /// Works off the queue, then ends the thread and checkpoints. Further Submits are refused.
  void Stop();

  WriterReport Report() const;
  /// Position of the newest committed change this process knows of.
  std::int64_t committed_seq() const;
  /// Waits until committed_seq() > seq or the time is over. Threads: any.
  bool WaitForCommitAfter(std::int64_t seq, std::int64_t micros_max) const;

 private:
  void RunAndWait(std::int64_t project, const std::function<void(Batch&)>& apply, bool is_bulk);

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace outpost::sql
