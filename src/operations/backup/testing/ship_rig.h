#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "base/metrics.h"
#include "crypto/digests.h"
#include "operations/backup/destination.h"
#include "operations/backup/restore.h"
#include "operations/backup/shipper.h"
#include "store/blobs/blobs.h"
#include "store/sql/testing/scratch_folder.h"
#include "store/sql/testing/store_rig.h"

namespace outpost::backup::testing {

/// A server's stores with a shipper, all in this process. Checkpoints are frequent, so that the log
/// begins again all the time.
class ShipRig {
 public:
  ShipRig() { Start(); }
  ~ShipRig() { Stop(); }
  ShipRig(const ShipRig&) = delete;
  ShipRig& operator=(const ShipRig&) = delete;

  SystemClock clock;
  MetricRegistry metrics;
  std::int64_t spool_bytes_max = kSpoolBytesMax;
  bool makes_bases = false;  // without being told
  std::string where;         // another place than place()
  std::shared_ptr<Pacer> pacer;

  std::filesystem::path data() const { return scratch_.path() / ("data-" + std::to_string(life_)); }
  DataPaths paths() const { return {data()}; }
  std::filesystem::path place() const { return scratch_.path() / "backup"; }
  std::filesystem::path key_file() const { return scratch_.path() / "backup.key"; }
  BackupKey key() const { return LoadOrMakeBackupKey(key_file()); }
  std::unique_ptr<Destination> destination() const {
    return OpenDestination(where.empty() ? place().string() : where, Opening::kRead);
  }
  Identity identity() const { return identity_; }
  sql::Database& database() { return *database_; }
  sql::Writer& writer() { return *writer_; }

  void Start() {
    std::filesystem::create_directories(data());
    sql::DatabaseOptions options;
    options.location = paths().database().string();
    options.checkpoint_frames = 40;
    database_ = sql::Database::Open(options);
    tap_.emplace(*database_, paths().database());
    writer_ = std::make_unique<sql::Writer>(*database_, clock, metrics);
    blobs_.emplace(paths().blobs());
    tap_->Watch(paths().blobs());
    writer_->Run(0, [](sql::Batch& batch) {
      batch.connection().Execute(
          "CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, text "
          "TEXT NOT NULL UNIQUE)");
    });
    identity_ = IdentityOf(*database_, *writer_);
  }
  void Stop() {
    writer_.reset();
    database_.reset();
    tap_.reset();
  }

  std::unique_ptr<Shipper> Ship() {
    key();
    ShipperOptions options;
    options.where = where.empty() ? place().string() : where;
    options.pacer = pacer;
    options.key_file = key_file();
    options.paths = paths();
    options.identity = identity_;
    options.spool_bytes_max = spool_bytes_max;
    options.settings_text = "server.listen = \"127.0.0.1:1\"\n";
    options.makes_bases = makes_bases;
    options.copy_base = CopyBase;  // nobody else's locks are at stake here
    return std::make_unique<Shipper>(std::move(options), *tap_, *database_, clock, metrics);
  }
  /// As a server stops.
  void StopWith(Shipper& shipper) {
    writer_->Stop();
    shipper.Stop(30);
    Stop();
  }
  /// The files as they lie; the next server begins with a copy of them.
  void Kill(std::unique_ptr<Shipper> shipper) {
    shipper.reset();
    const auto from = data();
    ++life_;
    std::filesystem::copy(from, data(), std::filesystem::copy_options::recursive);
    std::filesystem::remove(paths().database().string() + "-shm");
    Stop();
    std::filesystem::remove_all(from);
  }

  void AddNotes(int count) {
    for (int i = 0; i < count; ++i) AddInOneCommit(1, 100);
  }
  void AddLargeNotes(int count) { AddInOneCommit(count, 4'000); }
  std::string KeepBlob(const std::string& bytes) {
    const auto blob = blobs_->Prepare(bytes);
    writer_->Run(0, [&](sql::Batch& batch) {
      blobs_->Keep(batch, blob);
      sql_testing::AddNote(batch, blob.id);
    });
    return blob.id;
  }

  std::int64_t seq() { return writer_->committed_seq(); }
  std::string State() { return StateIn(*database_); }
  static std::string StateOf(const std::filesystem::path& folder) {
    return StateIn(*sql::Database::Open({DataPaths{folder}.database().string()}));
  }
  static std::string Problems(const std::filesystem::path& folder) {
    return sql::Database::Open({DataPaths{folder}.database().string()})->IntegrityProblems();
  }
  static std::string MetaOf(const std::filesystem::path& folder, std::string_view name) {
    const auto database = sql::Database::Open({DataPaths{folder}.database().string()});
    const auto reader = database->Read();
    const auto rows = reader->Query("SELECT value FROM meta WHERE name = $1", {name});
    return rows->Next() ? rows->String(0) : std::string();
  }

  struct Restored : RestoredBackup {
    std::filesystem::path folder;
  };
  Restored Restore(const RestoreTarget& target) {
    RestoreOptions options;
    options.into.root = scratch_.path() / ("restored-" + std::to_string(restores_++));
    options.target = target;
    Restored restored{RestoreBackup(*destination(), key(), options, clock), options.into.root};
    return restored;
  }

  static void AwaitBase(const Shipper& shipper) {
    for (int i = 0; i < 600 && !shipper.Status().has_base; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    EXPECT_TRUE(shipper.Status().has_base);
  }
  static void AwaitAnotherSeries(const Shipper& shipper, const std::string& series) {
    for (int i = 0; i < 600 && shipper.Status().series == series; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    EXPECT_NE(shipper.Status().series, series);
  }

  void TakeDestinationAway() { std::filesystem::rename(place(), place().string() + "-away"); }
  void BringDestinationBack() { std::filesystem::rename(place().string() + "-away", place()); }
  void Remove(const std::string& blob_id) {
    std::filesystem::remove(place() / "file" / blob_id.substr(2, 2) / blob_id.substr(4, 2) /
                            blob_id);
  }

 private:
  void AddInOneCommit(int count, std::size_t length) {
    writer_->Run(0, [&](sql::Batch& batch) {
      for (int i = 0; i < count; ++i) {
        sql_testing::AddNote(batch, std::to_string(++notes_) + std::string(length, 'x'));
      }
    });
  }
  static std::string StateIn(sql::Database& database) {
    const auto reader = database.Read();
    std::string all;
    for (const char* sql :
         {"SELECT id, text FROM notes ORDER BY id",
          "SELECT seq, document_id FROM changes ORDER BY seq", "SELECT seq, '' FROM position"}) {
      const auto rows = reader->Query(sql);
      while (rows->Next()) all += std::to_string(rows->Int(0)) + rows->String(1) + "\n";
    }
    return crypto::Sha256Hex(all);
  }

  sql_testing::ScratchFolder scratch_;
  int life_ = 0, restores_ = 0;
  std::atomic<std::int64_t> notes_{0};
  std::unique_ptr<sql::Database> database_;
  std::optional<LogTap> tap_;
  std::unique_ptr<sql::Writer> writer_;
  std::optional<blobs::BlobStore> blobs_;
  Identity identity_;
};

}  // namespace outpost::backup::testing
