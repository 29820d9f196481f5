#include "store/sql/writer.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>
#include <utility>

#include "base/log.h"
#include "base/problem.h"
#include "store/sql/database.h"
#include "store/sql/detail/batch_runner.h"
#include "store/sql/detail/fair_queue.h"

namespace outpost::sql {
namespace {

using detail::BatchRunner;
using detail::FairQueue;
using detail::QueuedJob;

/// Bulk jobs stand back while another job has waited this long …
constexpr std::int64_t kOrdinaryWaitMicros = 5'000;
/// … but get one slice in this time, so that an import under full load still ends some day.
constexpr std::int64_t kBulkWaitMicrosMax = kMicrosPerSecond;

class FunctionJob final : public WriteJob {
 public:
  FunctionJob(std::int64_t project, const std::function<void(Batch&)>& apply, bool is_bulk)
      : project_(project), apply_(apply), is_bulk_(is_bulk) {}
  std::future<std::exception_ptr> future() { return done_.get_future(); }

  std::int64_t project() const override { return project_; }
  bool is_bulk() const override { return is_bulk_; }
  void Apply(Batch& batch) override { apply_(batch); }
  void Done(std::exception_ptr failure) noexcept override { done_.set_value(std::move(failure)); }

 private:
  std::int64_t project_;
  const std::function<void(Batch&)>& apply_;
  bool is_bulk_;
  std::promise<std::exception_ptr> done_;
};

}  // namespace

Stamp Batch::Next() {
  last_ = {last_.seq + 1, std::max(now_, last_.at + 1)};
  return last_;
}

void Batch::FlushStates() {
  // By number: a state may make another one while it writes.
  for (std::size_t i = 0; i < states_.size(); ++i) states_[i]->Flush(*this);
}

struct Writer::Impl {
  Impl(Database& db, const Clock& clock, MetricRegistry& metrics, const WriterOptions& limits)
      : database(db),
        options(limits),
        connection(db.TakeWritingConnection()),
        runner(db, *connection, clock, metrics, limits,
               [this](std::int64_t seq) { TellCommit(seq); }),
        queue_gauge(metrics.GaugeOf("outpost.writer.queue_jobs")),
        committed(runner.last().seq) {}

  void Loop() {
    for (;;) {
      auto jobs = WaitForJobs();
      if (jobs.empty()) return;
      auto put_back = runner.Run(std::move(jobs));
      if (!put_back.empty()) PutBack(std::move(put_back));
      runner.NoteCheckpoint(database.CheckpointIfDue(*connection));
    }
  }

  /// Empty when the writer is to end. Never waits for company: what gathered during the last
  /// commit is the next batch.
  std::vector<QueuedJob> WaitForJobs() {
    std::unique_lock lock(mutex);
    work.wait(lock, [this] { return is_stopping || Waiting() > 0; });
    std::vector<QueuedJob> jobs;
    const auto now = SteadyMicros();
    const bool must_bulk_wait = ordinary.size() > 0 &&
                                now - ordinary.OldestSubmitted() >= kOrdinaryWaitMicros &&
                                now - last_bulk_micros < kBulkWaitMicrosMax;
    ordinary.Take(options.batch_jobs_max,
                  std::min(options.batch_cost_max, runner.CostOf(options.batch_micros_max)), jobs);
    if (bulk.size() > 0 && !must_bulk_wait && jobs.size() < options.batch_jobs_max) {
      last_bulk_micros = now;
      bulk.Take(options.batch_jobs_max - jobs.size(),
                std::min(options.batch_cost_max, runner.CostOf(BatchRunner::kBulkMicrosMax)), jobs);
    }
    queue_gauge.Set(static_cast<double>(Waiting()));
    return jobs;
  }

  void PutBack(std::vector<QueuedJob> jobs) {
    const auto first_bulk = std::stable_partition(
        jobs.begin(), jobs.end(), [](const QueuedJob& queued) { return !queued.job->is_bulk(); });
    std::vector<QueuedJob> bulk_jobs(std::make_move_iterator(first_bulk),
                                     std::make_move_iterator(jobs.end()));
    jobs.erase(first_bulk, jobs.end());
    const std::lock_guard lock(mutex);
    ordinary.PutBack(std::move(jobs));
    bulk.PutBack(std::move(bulk_jobs));
  }

  void TellCommit(std::int64_t seq) {
    {
      const std::lock_guard lock(news_mutex);
      committed.store(seq);
    }
    news.notify_all();
  }

  std::size_t Waiting() const { return ordinary.size() + bulk.size(); }

  Database& database;
  const WriterOptions options;
  std::unique_ptr<Connection> connection;
  BatchRunner runner;
  Gauge& queue_gauge;

  std::mutex mutex;  // guards the next five
  std::condition_variable work;
  FairQueue ordinary;
  FairQueue bulk;
  bool is_stopping = false;
  std::int64_t last_bulk_micros = 0;

  mutable std::mutex news_mutex;
  mutable std::condition_variable news;
  std::atomic<std::int64_t> committed;
  std::once_flag stopped;
  std::thread thread;  // last: everything above lives longer
};

Writer::Writer(Database& database, const Clock& clock, MetricRegistry& metrics,
               const WriterOptions& options)
    : impl_(std::make_unique<Impl>(database, clock, metrics, options)) {
  impl_->thread = std::thread([impl = impl_.get()] { impl->Loop(); });
}

Writer::~Writer() { Stop(); }

void Writer::Submit(std::unique_ptr<WriteJob> job) {
  const auto cost = std::max(job->cost(), 1U);
  const bool is_bulk = job->is_bulk();
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->is_stopping) {
      throw Problem(ProblemKind::kPaused, "The server is stopping. Please try again in a minute.");
    }
    if (impl_->Waiting() >= impl_->options.queue_jobs_max) {
      throw Problem(ProblemKind::kBusy, "The server is busy. Please try again in a moment.",
                    "the writer's queue is full");
    }
    auto& queue = is_bulk ? impl_->bulk : impl_->ordinary;
    queue.Push({std::move(job), SteadyMicros(), cost});
  }
  impl_->work.notify_one();
}

void Writer::Run(std::int64_t project, const std::function<void(Batch&)>& apply) {
  RunAndWait(project, apply, /*is_bulk=*/false);
}

void Writer::RunBulk(std::int64_t project, const std::function<void(Batch&)>& apply) {
  RunAndWait(project, apply, /*is_bulk=*/true);
}

void Writer::RunAndWait(std::int64_t project, const std::function<void(Batch&)>& apply,
                        bool is_bulk) {
  OUTPOST_CHECK(std::this_thread::get_id() != impl_->thread.get_id());
  auto job = std::make_unique<FunctionJob>(project, apply, is_bulk);
  auto done = job->future();
  Submit(std::move(job));
  if (auto failure = done.get()) std::rethrow_exception(std::move(failure));
}

void Writer::Stop() {
  std::call_once(impl_->stopped, [this] {
    {
      const std::lock_guard lock(impl_->mutex);
      impl_->is_stopping = true;
    }
    impl_->work.notify_one();
    impl_->thread.join();
    impl_->runner.NoteCheckpoint(impl_->database.CheckpointNow(*impl_->connection));
    const auto report = Report();
    Log(LogLevel::kInfo, "writer.stopped",
        {{"batches", static_cast<std::int64_t>(report.batches)},
         {"jobs", static_cast<std::int64_t>(report.jobs)},
         {"batches_redone", static_cast<std::int64_t>(report.batches_redone)},
         {"job_micros_max", report.job_micros_max},
         {"commit_micros_max", report.commit_micros_max},
         {"checkpoint_micros_max", report.checkpoint_micros_max}});
  });
}

WriterReport Writer::Report() const { return impl_->runner.report(); }

std::int64_t Writer::committed_seq() const { return impl_->committed.load(); }

bool Writer::WaitForCommitAfter(std::int64_t seq, std::int64_t micros_max) const {
  std::unique_lock lock(impl_->news_mutex);
  return impl_->news.wait_for(lock, std::chrono::microseconds(micros_max),
                              [&] { return impl_->committed.load() > seq; });
}

}  // namespace outpost::sql
