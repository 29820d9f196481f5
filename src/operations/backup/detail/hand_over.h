#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "operations/backup/detail/log_file.h"
#include "operations/backup/log_tap.h"

/// Between the writer and the shipper: what was committed, and copies of frames that a checkpoint
/// let go before the shipper had read them. The copies lie in the spool folder, so that they
/// outlive the process; after a power cut their sums tell whether they did.
namespace outpost::backup::detail {

/// Frames that lie in a file of the spool.
struct HandedLog {
  std::filesystem::path path;
  bool is_big_endian = false;
  LogPlace from, to;
  std::vector<CommitMark> marks;
  std::string frames;
};

class HandOver final : public LogListener {
 public:
  /// Takes over the copies that a process before left in `spool`.
  HandOver(std::filesystem::path log, std::filesystem::path spool, std::int64_t bytes_max);

  /// The shipper goes on behind `place`; without one it begins with whatever life it sees first.
  void GoOnBehind(const LogPlace& place);

  // From the writer's thread.
  void OnCommit(const CommitMark& mark) noexcept override;
  void OnCheckpoint(const LogLife& life, std::int64_t frames) noexcept override;
  void OnKeepFile(const std::string& blob_id) noexcept override;

  // From the shipper's thread.
  struct Work {
    std::vector<std::filesystem::path> handed;  // older than what is still in the log
    std::vector<CommitMark> marks;
    std::vector<std::string> files;  // blobs, each told once
  };
  /// Everything at hand now.
  Work Look();
  /// All up to `place`, so many frames, is packed: its marks and the copies are gone.
  void Packed(const LogPlace& place, std::int64_t frames,
              const std::vector<std::filesystem::path>& handed);
  /// Until something was committed and `patience` is over since, or much waits, or Nudge was
  /// called. False when nothing came within `longest`.
  bool WaitForWork(std::chrono::milliseconds patience, std::chrono::milliseconds longest);
  void Nudge();

  /// Frames were lost, so that the series ends: why. Empty: none were.
  std::string broken() const;
  std::int64_t longest_hook_micros() const;
  std::optional<CommitMark> newest() const;

 private:
  void Copy(const LogLife& life, std::int64_t frames);
  void Break(const std::string& why);

  const std::filesystem::path spool_;
  const std::int64_t bytes_max_;
  LogFile file_;  // of the writer's thread

  mutable std::mutex mutex_;
  std::condition_variable work_;
  std::optional<LogPlace> place_;      // packed up to here
  std::optional<LogPlace> copied_to_;  // by the last checkpoint
  std::vector<CommitMark> marks_;
  std::optional<CommitMark> newest_;
  std::vector<std::filesystem::path> handed_;
  std::vector<std::string> files_;
  std::int64_t waiting_frames_ = 0;  // committed and not packed, about
  std::int64_t handed_bytes_ = 0, next_copy_ = 0, longest_micros_ = 0;
  bool is_nudged_ = false;
  std::string broken_;
};

/// Empty when the file is not whole.
std::optional<HandedLog> ReadHanded(const std::filesystem::path& path);
std::vector<std::filesystem::path> ListHanded(const std::filesystem::path& spool);
/// A process that ended while it wrote the last copy had not begun the checkpoint: its frames are
/// still in the log, and the copy goes.
void RemoveUnfinishedCopy(const std::filesystem::path& spool);

}  // namespace outpost::backup::detail
