#include "domain/device_logs/trimmer.h"

#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>
#include <utility>

#include "base/log.h"
#include "base/problem.h"
#include "domain/device_logs/report_store.h"
#include "domain/projects/projects.h"

namespace outpost::device_logs {
namespace {

constexpr std::chrono::minutes kFirstPause{1};
constexpr std::chrono::hours kPause{1};

class TrimJob final : public sql::WriteJob {
 public:
  TrimJob(std::int64_t project, Instant before, std::promise<std::int64_t> done)
      : project_(project), before_(before), done_(std::move(done)) {}
  std::int64_t project() const override { return project_; }
  bool is_bulk() const override { return true; }
  void Apply(sql::Batch& batch) override { deleted_ = TrimSlice(batch, project_, before_); }
  void Done(std::exception_ptr failure) noexcept override {
    if (failure) {
      done_.set_exception(failure);
    } else {
      done_.set_value(deleted_);
    }
  }

 private:
  std::int64_t project_;
  Instant before_;
  std::promise<std::int64_t> done_;
  std::int64_t deleted_ = 0;
};

std::int64_t RunSlice(sql::Writer& writer, std::int64_t project, Instant before) {
  std::promise<std::int64_t> done;
  auto deleted = done.get_future();
  writer.Submit(std::make_unique<TrimJob>(project, before, std::move(done)));
  return deleted.get();
}

/// `go_on` is asked before every slice.
template <class GoOn>
std::int64_t TrimWhile(sql::Database& database, sql::Writer& writer, Instant now,
                       std::int64_t keep_days, const GoOn& go_on) {
  const Instant before = now + -keep_days * kMicrosPerDay;
  std::int64_t deleted = 0;
  for (const auto& project : projects::List(*database.Read())) {
    for (std::int64_t slice = 1; slice > 0 && go_on(); deleted += slice) {
      slice = RunSlice(writer, project.row, before);
    }
  }
  return deleted;
}

}  // namespace

std::int64_t TrimAll(sql::Database& database, sql::Writer& writer, Instant now,
                     std::int64_t keep_days) {
  return TrimWhile(database, writer, now, keep_days, [] { return true; });
}

struct Trimmer::Impl {
  void Work(sql::Database& database, sql::Writer& writer, const Clock& clock,
            std::int64_t keep_days) {
    std::chrono::seconds pause = kFirstPause;
    std::unique_lock lock(mutex);
    while (!stopped.wait_for(lock, pause, [&] { return is_stopping; })) {
      lock.unlock();
      TrimOnce(database, writer, clock, keep_days);
      lock.lock();
      pause = kPause;
    }
  }

  /// What fails now is tried again in an hour.
  void TrimOnce(sql::Database& database, sql::Writer& writer, const Clock& clock,
                std::int64_t keep_days) {
    try {
      const auto deleted = TrimWhile(database, writer, clock.Now(), keep_days, [&] {
        const std::lock_guard lock(mutex);
        return !is_stopping;
      });
      if (deleted > 0) Log(LogLevel::kInfo, "device_logs.trimmed", {{"reports", deleted}});
    } catch (const std::exception& error) {
      Log(LogLevel::kWarning, "device_logs.trim_failed", {{"error", error.what()}});
    }
  }

  std::mutex mutex;
  std::condition_variable stopped;
  bool is_stopping = false;
  std::thread thread;
};

Trimmer::Trimmer(sql::Database& database, sql::Writer& writer, const Clock& clock,
                 std::int64_t keep_days)
    : impl_(std::make_unique<Impl>()) {
  if (keep_days < 0 || keep_days > kKeepDaysMax) {
    throw Problem(ProblemKind::kBadRequest,
                  "Device logs are kept from 1 to 3,650 days; 0 keeps "
                  "them for ever.");
  }
  if (keep_days == 0) return;
  impl_->thread = std::thread([impl = impl_.get(), &database, &writer, &clock, keep_days] {
    impl->Work(database, writer, clock, keep_days);
  });
}

Trimmer::~Trimmer() { Stop(); }

void Trimmer::Stop() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->is_stopping = true;
  }
  impl_->stopped.notify_all();
  if (impl_->thread.joinable()) impl_->thread.join();
}

}  // namespace outpost::device_logs
