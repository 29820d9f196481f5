#include "store/sql/detail/batch_runner.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "store/sql/commit_hook.h"
#include "store/sql/detail/position.h"

namespace outpost::sql::detail {
namespace {

/// When the disk is full or the server is away, every job of the batch would fail the same way:
/// its caller answers 503 and the client comes back.
bool IsWorthRedoing(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const SqlError& error) {
    Log(LogLevel::kError, "store.batch_failed", {{"error", error.what()}});
    return error.cause() != SqlError::Cause::kDiskFull &&
           error.cause() != SqlError::Cause::kUnavailable;
  } catch (const std::exception& error) {
    Log(LogLevel::kError, "store.batch_failed", {{"error", error.what()}});
    return true;
  }
}

}  // namespace

BatchRunner::BatchRunner(Database& database, Connection& connection, const Clock& clock,
                         MetricRegistry& metrics, const WriterOptions& options,
                         std::function<void(std::int64_t)> on_commit)
    : database_(database),
      connection_(connection),
      clock_(clock),
      work_micros_max_(options.batch_micros_max),
      on_commit_(std::move(on_commit)),
      last_(ReadPosition(connection)),
      batches_(metrics.CounterOf("outpost.writer.batches")),
      jobs_(metrics.CounterOf("outpost.writer.jobs")),
      redone_(metrics.CounterOf("outpost.writer.batches_redone")),
      batch_jobs_(metrics.GaugeOf("outpost.writer.batch.jobs")),
      job_seconds_(metrics.HistogramOf("outpost.writer.job_seconds")),
      commit_seconds_(metrics.HistogramOf("outpost.writer.commit_seconds")),
      checkpoint_seconds_(metrics.HistogramOf("outpost.writer.checkpoint_seconds")) {}

std::vector<QueuedJob> BatchRunner::Run(std::vector<QueuedJob> queued) {
  std::vector<Entry> entries(queued.size());
  for (std::size_t i = 0; i < queued.size(); ++i) {
    entries[i].queued = std::move(queued[i]);
    entries[i].is_bulk = entries[i].queued.job->is_bulk();
  }
  auto failure = RunTogether(entries, /*is_timed=*/true);
  if (failure == nullptr) {
    Finish(entries);
  } else if (entries.size() > 1 && IsWorthRedoing(failure)) {
    redone_.Add();
    {
      const std::lock_guard lock(report_mutex_);
      ++report_.batches_redone;
    }
    RunOneByOne(entries);
  } else {
    for (auto& entry : entries) {
      entry.had_turn = true;
      if (entry.failure == nullptr) entry.failure = failure;
    }
    failure = nullptr;  // from here on it belongs to the callers' threads
    Finish(entries);
  }
  std::vector<QueuedJob> put_back;
  for (auto& entry : entries) {
    if (!entry.had_turn) put_back.push_back(std::move(entry.queued));
  }
  return put_back;
}

/// @returns null when the transaction ended well (jobs may have failed on their own), else why
/// nothing of it was kept.
std::exception_ptr BatchRunner::RunTogether(std::span<Entry> entries, bool is_timed) {
  const auto start = SteadyMicros();
  try {
    const auto last = Begin();
    Batch batch(connection_, database_, last, clock_.Now());
    auto verdict = RunJobs(batch, entries, is_timed);
    if (verdict == Verdict::kTainted) {
      connection_.Rollback();
      const auto failed = std::find_if(entries.begin(), entries.end(),
                                       [](const Entry& entry) { return entry.failure != nullptr; });
      return failed->failure;
    }
    if (verdict == Verdict::kNothingToCommit) {
      connection_.Rollback();
      return nullptr;
    }
    batch.FlushStates();
    if (batch.last().seq != last.seq) WritePosition(connection_, batch.last());
    LearnCost(entries, SteadyMicros() - start);
    Commit();
    last_ = batch.last();
    NoteCommit(database_, connection_, last_.seq, batch.now());
    on_commit_(last_.seq);
    return nullptr;
  } catch (...) {
    connection_.Rollback();
    return std::current_exception();
  }
}

Stamp BatchRunner::Begin() {
  try {
    return BeginBatch(connection_, last_);
  } catch (const SqlError& error) {
    if (error.cause() != SqlError::Cause::kUnavailable) throw;
    // The server was restarted while the connection stood idle: nothing is lost, ask again.
    connection_.Rollback();
    return BeginBatch(connection_, last_);
  }
}

void BatchRunner::Commit() {
  const auto start = SteadyMicros();
  connection_.Commit();
  const auto micros = SteadyMicros() - start;
  commit_seconds_.ObserveMicros(micros);
  const std::lock_guard lock(report_mutex_);
  report_.commit_micros_max = std::max(report_.commit_micros_max, micros);
}

BatchRunner::Verdict BatchRunner::RunJobs(Batch& batch, std::span<Entry> entries, bool is_timed) {
  const auto start = SteadyMicros();
  std::int64_t bulk_start = 0;
  for (auto& entry : entries) {
    entry.failure = nullptr;
    entry.micros = 0;
    entry.had_turn = false;
    if (!RunStep(batch, entry, &WriteJob::Load)) return Verdict::kTainted;
  }
  bool is_some_applied = false;
  for (auto& entry : entries) {
    const auto now = SteadyMicros();
    if (is_timed && is_some_applied) {
      if (now - start > work_micros_max_) break;
      if (bulk_start != 0 && now - bulk_start > kBulkMicrosMax) break;
    }
    if (entry.is_bulk && bulk_start == 0) bulk_start = now;
    entry.had_turn = true;
    if (entry.failure != nullptr) continue;
    if (!RunStep(batch, entry, &WriteJob::Apply)) return Verdict::kTainted;
    if (entry.failure == nullptr) is_some_applied = true;
  }
  return is_some_applied ? Verdict::kCommit : Verdict::kNothingToCommit;
}

/// @returns false when the job failed after it had written or taken a position: then nothing of
/// the batch can be kept.
bool BatchRunner::RunStep(Batch& batch, Entry& entry, Step step) {
  const auto start = SteadyMicros();
  const auto writes = connection_.writes();
  const auto seq = batch.last().seq;
  try {
    ((*entry.queued.job).*step)(batch);
  } catch (const SqlError&) {
    throw;
  } catch (...) {
    entry.failure = std::current_exception();
  }
  entry.micros += SteadyMicros() - start;
  return entry.failure == nullptr || (connection_.writes() == writes && batch.last().seq == seq);
}

void BatchRunner::RunOneByOne(std::span<Entry> entries) {
  for (auto& entry : entries) {
    const std::span<Entry> alone(&entry, 1);
    auto failure = RunTogether(alone, /*is_timed=*/false);
    entry.had_turn = true;
    if (failure != nullptr) entry.failure = std::move(failure);
    Finish(alone);
  }
}

void BatchRunner::Finish(std::span<Entry> entries) {
  std::uint64_t jobs = 0;
  std::int64_t micros_max = 0;
  for (auto& entry : entries) {
    if (!entry.had_turn) continue;
    ++jobs;
    micros_max = std::max(micros_max, entry.micros);
    if (entry.micros > kJobMicrosMax) TellSlow(entry);
    job_seconds_.ObserveMicros(entry.micros);
  }
  batches_.Add();
  jobs_.Add(jobs);
  batch_jobs_.Set(static_cast<double>(jobs));
  {
    const std::lock_guard lock(report_mutex_);
    ++report_.batches;
    report_.jobs += jobs;
    report_.job_micros_max = std::max(report_.job_micros_max, micros_max);
  }
  for (auto& entry : entries) {
    if (entry.had_turn) entry.queued.job->Done(std::exchange(entry.failure, nullptr));
  }
}

void BatchRunner::TellSlow(const Entry& entry) {
  Log(LogLevel::kWarning, "writer.slow_job",
      {{"project_row", entry.queued.job->project()},
       {"cost", std::int64_t{entry.queued.cost}},
       {"is_bulk", entry.is_bulk},
       {"micros", entry.micros}});
}

void BatchRunner::LearnCost(std::span<const Entry> entries, std::int64_t micros) {
  constexpr double kWeightOfNewest = 0.2;
  std::uint64_t cost = 0;
  for (const auto& entry : entries) {
    if (entry.had_turn) cost += entry.queued.cost;
  }
  if (cost == 0) return;
  const auto newest = static_cast<double>(micros) / static_cast<double>(cost);
  micros_per_cost_ += kWeightOfNewest * (newest - micros_per_cost_);
}

std::uint32_t BatchRunner::CostOf(std::int64_t micros) const {
  const auto cost = static_cast<double>(micros) / std::max(micros_per_cost_, 0.1);
  return static_cast<std::uint32_t>(std::clamp(cost, 1.0, 1e6));
}

void BatchRunner::NoteCheckpoint(std::int64_t micros) {
  if (micros == 0) return;
  checkpoint_seconds_.ObserveMicros(micros);
  const std::lock_guard lock(report_mutex_);
  report_.checkpoint_micros_max = std::max(report_.checkpoint_micros_max, micros);
}

WriterReport BatchRunner::report() const {
  const std::lock_guard lock(report_mutex_);
  return report_;
}

}  // namespace outpost::sql::detail
