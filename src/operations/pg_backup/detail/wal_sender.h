#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "operations/backup/destination.h"
#include "operations/backup/keys.h"
#include "operations/backup/log_tap.h"
#include "operations/pg_backup/detail/wal_spool.h"
#include "operations/pg_backup/server.h"

/// Brings what was received to the destination, each part of the log behind the blobs that its
/// forms name.
namespace outpost::pg_backup::detail {

/// Up to which position of PostgreSQL's log the change log is surely there.
struct Mark {
  std::int64_t lsn = 0, seq = 0;
  Instant at;
};

/// Threads: one at a time; blobs are noted from any.
class WalSender final : public backup::LogListener {
 public:
  struct Parts {
    std::shared_ptr<backup::Destination> destination;
    backup::BackupKey key;
    backup::DatabaseId database{};
    ServerFacts facts;
    std::filesystem::path blobs, folder;  // of Outpost's files, of what is received
    std::function<bool()> is_stopping;
  };
  /// Goes on with the state that the process before left in the folder.
  explicit WalSender(Parts parts);

  /// What the server said before the spool is read: a commit that everybody sees, and up to which
  /// place its log was received.
  void Note(const Mark& seen, std::int64_t received_lsn);
  /// Brings everything that is there. @throws Problem when the destination cannot be reached
  void SendAll();
  void NoteBase();
  void ForgetBase();

  const ShipState& state() const { return state_; }
  std::int64_t shipped_lsn() const { return shipped_lsn_; }
  std::int64_t waiting_bytes() const;
  std::int64_t waiting_files() const;
  std::int64_t sent_parcels() const { return sent_parcels_; }
  std::int64_t sent_bytes() const { return sent_bytes_; }
  bool has_all_blobs() const { return has_all_blobs_; }
  /// Rises when something of the log is missing between two segments.
  int gaps() const { return gaps_; }

  // On the writer's thread.
  void OnCommit(const backup::CommitMark&) noexcept override {}
  void OnCheckpoint(const backup::LogLife&, std::int64_t) noexcept override {}
  void OnKeepFile(const std::string& blob_id) noexcept override;

 private:
  struct Listed {
    SpooledWal wal;
    bool is_set_aside = false;
  };
  std::vector<Listed> List() const;
  void SendBlobs();
  void Send(const Listed& listed);
  void Follow(const SegmentPlace& place);
  Mark MarkAt(std::int64_t lsn);
  void RemoveLessFilled(const WalName& sent);

  const Parts parts_;
  ShipState state_;
  std::deque<Mark> marks_;
  std::int64_t received_lsn_ = 0, shipped_lsn_ = 0, sent_parcels_ = 0, sent_bytes_ = 0;
  std::optional<WalName> unfinished_;  // lies at the destination
  bool knows_unfinished_ = false, has_all_blobs_ = false;
  int gaps_ = 0;

  std::mutex mutex_;
  std::vector<std::string> kept_;  // blobs of commits to come
};

}  // namespace outpost::pg_backup::detail
