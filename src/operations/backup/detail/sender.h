#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/metrics.h"
#include "operations/backup/destination.h"
#include "operations/backup/detail/series.h"
#include "operations/backup/keys.h"

/// Brings what waits in the spool to the destination, in order, each segment behind the blobs that
/// its forms name. What cannot be brought is tried again, for as long as it takes.
namespace outpost::backup::detail {

class Sender {
 public:
  /// Begins with the blobs that the destination does not have yet.
  Sender(std::shared_ptr<Destination> destination, BackupKey key, const DatabaseId& database,
         std::filesystem::path blobs, MetricRegistry& metrics);
  /// Stop(0).
  ~Sender();

  void Push(std::vector<Waiting> segments);

  struct Status {
    std::int64_t sent_seq = 0;
    Instant sent_at;
    std::int64_t waiting_segments = 0, waiting_bytes = 0, sent_segments = 0, sent_bytes = 0;
    std::string trouble;
    bool has_all_blobs = false;  // those from before the start
  };
  Status status() const;
  /// Until nothing waits, and the blobs from before the start are there. False when the time ended.
  bool WaitUntilEmpty(std::chrono::seconds longest) const;
  /// Sends on for so long, then ends; what is left stays in the spool.
  void Stop(std::chrono::seconds longest);

 private:
  void Loop();
  void SweepBlobs();
  void Send(const Waiting& segment);
  bool is_stopping() const;

  const std::shared_ptr<Destination> destination_;
  const BackupKey key_;
  const DatabaseId database_;
  const std::filesystem::path blobs_;
  Gauge& waiting_gauge_;
  Gauge& sent_gauge_;
  Gauge& sent_at_gauge_;
  Counter& failures_;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::deque<Waiting> queue_;
  Status status_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace outpost::backup::detail
