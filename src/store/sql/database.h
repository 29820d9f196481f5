#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "store/sql/connection.h"

/// The primary database: opens it, brings its schema up to date, lends reading connections.
namespace outpost::sql {

struct DatabaseOptions {
  /// SQLite: path of outpost.db. PostgreSQL: a libpq connection string ("postgresql://…").
  std::string location;
  /// Reading connections kept open.
  int readers_max = 8;
  /// SQLite page cache of the writer and of each reader.
  int writer_cache_kib = 16 * 1024;
  int reader_cache_kib = 2 * 1024;
  /// SQLite: a checkpoint after so many new frames (pages) in the log, about 200 forms. Larger ones
  /// stall the writer longer.
  std::int64_t checkpoint_frames = 1'000;
  /// Name of a registered SQLite VFS; empty for the default. Tests inject faults here.
  std::string sqlite_vfs = {};
};

/// A database beside the primary one that can be made again from it at any time, such as query.db.
/// On SQLite it is a file of its own, on PostgreSQL a schema called `name` in the same database.
struct SideSchema {
  std::string_view name;
  /// A database of another version is thrown away and begun anew: it has no migrations.
  std::int64_t version = 0;
  std::string_view ddl;  // with the words of migrations.h
};

/// The last thing that the writer of a side database does: all of it is on the disk then. One that
/// was not left so is begun anew after the machine was started again (not after the process was).
void LeaveWhole(Connection& writing);

/// A reading connection, given back when destroyed.
class ReadLease {
 public:
  ReadLease(std::unique_ptr<Connection> connection, class Database* owner);
  ReadLease(ReadLease&&) noexcept;
  ReadLease& operator=(ReadLease&&) = delete;
  ~ReadLease();
  Connection* operator->() const { return connection_.get(); }
  Connection& operator*() const { return *connection_; }

 private:
  std::unique_ptr<Connection> connection_;
  class Database* owner_;
};

/// What a checkpoint is about to move from the write-ahead log into the database file.
struct CheckpointAhead {
  std::string wal_path;
  std::int64_t frames = 0;  // committed frames of 24 + 4096 bytes behind a header of 32
};
using BeforeCheckpoint = std::function<void(const CheckpointAhead&)>;

/// Threads: Read() from any; Writer takes the one writing connection.
class Database {
 public:
  /// Opens, creates when absent, and migrates (migrations only add).
  /// @throws Problem kInternal with a remedy when the database cannot be used: damaged, written by
  ///         a newer release that says it must not be opened by this one, unreachable.
  static std::unique_ptr<Database> Open(const DatabaseOptions& options);
  /// The same for a database that can be made again: nothing is forced to the disk before
  /// LeaveWhole, and one that is damaged or of another version is begun anew. Its writing
  /// connection checkpoints by itself. It has a table `meta` and a hash key of its own.
  static std::unique_ptr<Database> OpenBeside(const DatabaseOptions& options,
                                              const SideSchema& schema);
  virtual ~Database();

  virtual Engine engine() const = 0;
  /// Waits for a free reading connection.
  /// @throws Problem kBusy when none is free within 5 s.
  ReadLease Read();

  /// The one writing connection. Given out once: to the Writer.
  virtual std::unique_ptr<Connection> TakeWritingConnection() = 0;

  /// Between commits, on the writer's thread: moves committed frames into the database file when
  /// enough have gathered. Does nothing on PostgreSQL. @returns microseconds spent.
  virtual std::int64_t CheckpointIfDue(Connection& writing) = 0;
  /// The same at once and as far as readers allow: when the server stops.
  virtual std::int64_t CheckpointNow(Connection& writing) = 0;
  /// Called on the writer's thread before every checkpoint, the only moment after which frames may
  /// be overwritten: whoever ships the log copies them here. An exception postpones the checkpoint.
  /// Set before the Writer starts.
  void OnCheckpoint(BeforeCheckpoint hook) { before_checkpoint_ = std::move(hook); }

  /// Empty when sound, else what is wrong. Runs on a reading connection; slow.
  virtual std::string IntegrityProblems() = 0;

  /// Stable 64-bit hash of an external id within a project space, for hash indexes. A hit is
  /// always compared with the id in the row. SipHash-2-4 under a secret of this database, made at
  /// creation, so that nobody can choose ids that collide. Threads: any.
  std::int64_t HashOf(std::int64_t project, std::string_view external_id) const;

 protected:
  Database();
  virtual std::unique_ptr<Connection> OpenReader() = 0;
  friend class ReadLease;
  static std::unique_ptr<Database> Make(const DatabaseOptions& options, const SideSchema* side);

  struct Pool;
  std::unique_ptr<Pool> pool_;
  std::string hash_key_;  // 16 bytes
  BeforeCheckpoint before_checkpoint_;
};

}  // namespace outpost::sql
