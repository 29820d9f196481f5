#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/data_folder.h"
#include "base/metrics.h"
#include "operations/backup/identity.h"
#include "operations/backup/log_tap.h"
#include "operations/backup/proof.h"
#include "operations/backup/shipper.h"
#include "operations/pg_backup/layout.h"

/// Ships the PostgreSQL of a running server to one destination: its log as it is written, bases,
/// blobs, configuration.
///
///   PostgreSQL ─► pg_receivewal ─► DATA/shipped/…/wal ─► shipping thread ──► blobs, segments
///                 a slot of its own   spool
///              ─► pg_basebackup ──────────────────────────────────────────► parts, then a manifest
///
/// The whole cluster is backed up, other databases in it too. What is in the spool and what the
/// slot holds back survive this process, so a server that was killed goes on where it was. When
/// something is missing a new base is made; what was shipped before stays good.
namespace outpost::pg_backup {

struct ShipperOptions {
  std::string location;  // of the database
  std::string where;
  std::filesystem::path key_file;
  DataPaths paths;
  backup::Identity identity;
  std::int64_t spool_bytes_max = backup::kSpoolBytesMax;
  std::string settings_text;  // goes with each base
  bool with_secrets = false;  // server.key too
  bool makes_bases = true;    // by itself, when there is none that the log continues
  bool is_passing = false;    // its slot goes with it
};

struct ShipStatus {
  backup::ShipStatus common;  // series: PostgreSQL's id of the cluster; segments: files of its log
  std::string slot;
  std::int64_t slot_lag_bytes = 0;  // what PostgreSQL holds back for us
};

struct BaseMade {
  SeriesId base{};
  std::int64_t seq = 0;
  Instant at;
  std::int64_t bytes = 0, copy_micros = 0;
};

class Shipper {
 public:
  /// All must outlive it. Begins at once.
  /// @throws Problem when the destination or the key cannot be used, or PostgreSQL does not let
  ///         itself be backed up
  Shipper(ShipperOptions options, backup::LogTap& tap, const Clock& clock, MetricRegistry& metrics);
  /// Stop(0).
  ~Shipper();

  /// Makes a base and waits until it can be restored from. Threads: any; one after the other.
  /// @throws Problem
  BaseMade MakeBase();
  void PutProof(const backup::Proof& proof);
  /// Waits until everything that is committed now is at the destination. False when the time ended.
  bool Flush(std::int64_t seconds);
  ShipStatus Status() const;
  /// Ends a base that is being made, now and later; shipping goes on.
  void Cancel();
  /// After the writer has stopped: ships the rest for at most `seconds`.
  void Stop(std::int64_t seconds);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Where the log is received, within the spool of a destination.
std::filesystem::path WalSpoolOf(const DataPaths& paths, const std::string& where);

}  // namespace outpost::pg_backup
