#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/data_folder.h"
#include "base/metrics.h"
#include "base/pacer.h"
#include "operations/backup/base_copy.h"
#include "operations/backup/identity.h"
#include "operations/backup/log_tap.h"
#include "operations/backup/proof.h"
#include "operations/backup/takeover.h"
#include "store/sql/database.h"

/// Ships a running server's database to one destination: every commit within about a second, bases,
/// blobs, configuration.
///
///   writer ─commit, checkpoint─► hand-over ─► packing thread ─► DATA/shipped/…  ─► sending thread
///                                             segments, sealed   spool               blobs,
///                                             segments
///   base: a child process copies the file while it changes ──────────────────────► parts, manifest
///
/// What is in the spool survives the process, so a server that was killed goes on where it was.
/// When that is not possible (the database was changed without the shipper, the spool is full) a
/// new series begins with a new base; what was shipped before stays good.
namespace outpost::backup {

/// More waiting for a destination that is away ends the series rather than filling the disk.
inline constexpr std::int64_t kSpoolBytesMax = std::int64_t{4} << 30;

struct ShipperOptions {
  std::string where;
  std::filesystem::path key_file;
  DataPaths paths;
  Identity identity;
  std::int64_t spool_bytes_max = kSpoolBytesMax;
  /// Goes with each base; sealed like everything.
  std::string settings_text;
  bool with_secrets = false;     // server.key too
  bool makes_bases = true;       // by itself, when its series has none
  std::shared_ptr<Pacer> pacer;  // may be null; a base takes half of it while it is copied
  std::function<BaseCopied(const BasePlan&, const CopyProgress&)> copy_base = CopyBaseInChild;
};

struct ShipStatus {
  std::string where;
  std::string series;  // hex
  std::int64_t sent_seq = 0;
  Instant sent_at;                 // moment of the newest commit that is there
  std::int64_t committed_seq = 0;  // newest commit
  std::int64_t waiting_segments = 0, waiting_bytes = 0;
  std::int64_t sent_segments = 0, sent_bytes = 0;  // since start
  std::string trouble;                             // what keeps it from working just now
  bool has_base = false;
  bool is_base_running = false;
  std::int64_t base_done_bytes = 0, base_total_bytes = 0;
  std::int64_t longest_hook_micros = 0;  // longest time that the writer was held
};

struct BaseMade {
  SeriesId base{};
  std::int64_t seq = 0;
  Instant at;
  std::int64_t pages = 0, copy_micros = 0;
};

class Shipper {
 public:
  /// All must outlive it. Begins at once; a base is made when the series has none.
  /// @throws Problem when the destination or the key cannot be used
  Shipper(ShipperOptions options, LogTap& tap, sql::Database& database, const Clock& clock,
          MetricRegistry& metrics);
  /// Stop(0).
  ~Shipper();

  /// Makes a base and waits until it can be restored from. Threads: any, one at a time; another
  /// call waits. @throws Problem
  BaseMade MakeBase();
  /// Puts it beside the backup, for drills. @throws Problem
  void PutProof(const Proof& proof);
  /// Waits until everything that is committed now is at the destination. False when the time ended.
  bool Flush(std::int64_t seconds);
  ShipStatus Status() const;
  /// Whether a standby went on from what this server ships. @throws Problem when nobody can tell
  std::optional<Takeover> FindTakeover() const;
  /// Ends a base that is being made, now and later; shipping goes on.
  void Cancel();
  /// After the writer has stopped: ships the rest for at most `seconds`; what is left waits in the
  /// spool. The next start then goes on without a new base.
  void Stop(std::int64_t seconds);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Says that a process which does not ship is about to write to the database of this folder. The
/// next shipper then trusts only a log that goes on frame by frame.
void NoteOtherWriter(const DataPaths& paths);

/// Whether a standby went on from what the server of this folder shipped there when it last ran.
/// A place behind a network that does not answer within `patience` is not waited for.
/// @throws Problem when nobody can tell
std::optional<Takeover> FindTakeoverOf(
    const DataPaths& paths, const std::string& where, const BackupKey& key,
    std::chrono::milliseconds patience = std::chrono::seconds(5));

/// The spool of a destination within the data folder.
std::filesystem::path SpoolOf(const DataPaths& paths, const std::string& where);

}  // namespace outpost::backup
