#include "operations/backup/detail/sender.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "base/log.h"
#include "operations/backup/blob_parcels.h"
#include "operations/backup/layout.h"
#include "operations/backup/own_program.h"

namespace outpost::backup::detail {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kFirstPause{1};
constexpr std::chrono::seconds kPauseMax{30};

}  // namespace

Sender::Sender(std::shared_ptr<Destination> destination, BackupKey key, const DatabaseId& database,
               fs::path blobs, MetricRegistry& metrics)
    : destination_(std::move(destination)),
      key_(std::move(key)),
      database_(database),
      blobs_(std::move(blobs)),
      waiting_gauge_(metrics.GaugeOf("outpost.backup.waiting_bytes")),
      sent_gauge_(metrics.GaugeOf("outpost.backup.sent_seq")),
      sent_at_gauge_(metrics.GaugeOf("outpost.backup.sent_at_seconds")),
      failures_(metrics.CounterOf("outpost.backup.send_failures")),
      thread_([this] { Loop(); }) {}

Sender::~Sender() { Stop(std::chrono::seconds(0)); }

void Sender::Push(std::vector<Waiting> segments) {
  {
    const std::lock_guard lock(mutex_);
    for (auto& segment : segments) {
      status_.waiting_bytes += segment.bytes;
      ++status_.waiting_segments;
      queue_.push_back(std::move(segment));
    }
    waiting_gauge_.Set(static_cast<double>(status_.waiting_bytes));
  }
  changed_.notify_all();
}

Sender::Status Sender::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

bool Sender::WaitUntilEmpty(std::chrono::seconds longest) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, longest,
                           [this] { return queue_.empty() && status_.has_all_blobs; });
}

void Sender::Stop(std::chrono::seconds longest) {
  if (!thread_.joinable()) return;
  WaitUntilEmpty(longest);
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_all();
  destination_->Interrupt();
  thread_.join();
}

bool Sender::is_stopping() const {
  const std::lock_guard lock(mutex_);
  return is_stopping_;
}

void Sender::Loop() {
  LowerThreadPriority();
  auto pause = kFirstPause;
  while (!is_stopping()) {
    try {
      SweepBlobs();
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return is_stopping_ || !queue_.empty(); });
      if (is_stopping_) return;
      const auto segment = queue_.front();  // only this thread takes away
      lock.unlock();
      Send(segment);
      pause = kFirstPause;
    } catch (const std::exception& error) {
      if (is_stopping()) return;
      failures_.Add();
      Log(LogLevel::kError, "backup.send_failed", {{"error", error.what()}});
      std::unique_lock lock(mutex_);
      status_.trouble = error.what();
      changed_.wait_for(lock, pause, [this] { return is_stopping_; });
      pause = std::min(2 * pause, kPauseMax);
    }
  }
}

/// Once: blobs that were kept while nobody shipped, or whose news was lost with a process.
void Sender::SweepBlobs() {
  {
    const std::lock_guard lock(mutex_);
    if (status_.has_all_blobs) return;
  }
  for (const auto& id : MissingBlobs(*destination_, blobs_)) {
    if (is_stopping()) return;
    PutBlob(*destination_, key_, database_, blobs_, id);
  }
  const std::lock_guard lock(mutex_);
  status_.has_all_blobs = true;
  changed_.notify_all();
}

void Sender::Send(const Waiting& segment) {
  for (const auto& id : segment.blobs) {
    PutBlob(*destination_, key_, database_, blobs_, id);
  }
  destination_->Put(NameOf(segment.name), ReadWhole(segment.file));
  std::error_code ignored;
  fs::remove(segment.file, ignored);
  const std::lock_guard lock(mutex_);
  queue_.pop_front();
  status_.trouble.clear();
  status_.sent_seq = segment.name.last_seq;
  status_.sent_at = segment.name.last_at;
  ++status_.sent_segments;
  status_.sent_bytes += segment.bytes;
  --status_.waiting_segments;
  status_.waiting_bytes -= segment.bytes;
  waiting_gauge_.Set(static_cast<double>(status_.waiting_bytes));
  sent_gauge_.Set(static_cast<double>(status_.sent_seq));
  sent_at_gauge_.Set(static_cast<double>(status_.sent_at.micros) / 1e6);
  changed_.notify_all();
}

}  // namespace outpost::backup::detail
