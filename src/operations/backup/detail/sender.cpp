#include "operations/backup/detail/sender.h"

#include <algorithm>
#include <system_error>
#include <unordered_set>
#include <utility>

#include "base/log.h"
#include "base/problem.h"
#include "base/text.h"
#include "operations/backup/layout.h"
#include "operations/backup/own_program.h"

namespace outpost::backup::detail {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kFirstPause{1};
constexpr std::chrono::seconds kPauseMax{30};

bool IsBlobName(const std::string& name) { return !BlobIdOf("file/" + name).empty(); }

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
  std::unordered_set<std::string> there;
  for (const auto& object : destination_->List("file")) there.emplace(BlobIdOf(object.name));
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(blobs_, error)) {
    const auto name = entry.path().filename().string();
    if (!IsBlobName(name) || there.contains(name)) continue;
    if (is_stopping()) return;
    PutBlob(name);
  }
  const std::lock_guard lock(mutex_);
  status_.has_all_blobs = true;
  changed_.notify_all();
}

void Sender::PutBlob(const std::string& id) {
  const auto name = FileName(id);
  if (destination_->Has(name)) return;
  std::string bytes;
  try {
    bytes = ReadWhole(blobs_ / id.substr(2, 2) / id.substr(4, 2) / id);
  } catch (const Problem& problem) {
    if (problem.kind() == ProblemKind::kNotFound) return;  // its form was refused, and it removed
    throw;
  }
  ParcelHead head;
  head.kind = ParcelKind::kFile;
  head.database = database_;
  const auto hash = BytesOfHex(std::string_view(id).substr(2));
  OUTPOST_CHECK(hash && hash->size() == head.previous.size());
  std::copy(hash->begin(), hash->end(), head.previous.begin());
  destination_->Put(name, SealParcel(key_, head, bytes).bytes);
}

void Sender::Send(const Waiting& segment) {
  for (const auto& id : segment.blobs) PutBlob(id);
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
