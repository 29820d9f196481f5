#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "store/sql/commit_hook.h"
#include "store/sql/database.h"
#include "store/sql/detail/sqlite_connection.h"

namespace outpost::sql::detail {

/// SQLite in WAL mode: one connection writes and checkpoints, all others only read (SQLite up to
/// 3.51.2 can lose commits when a second connection checkpoints).
class SqliteDatabase final : public Database {
 public:
  /// `side` is null for the primary database.
  SqliteDatabase(const DatabaseOptions& options, const SideSchema* side);

  Engine engine() const override { return Engine::kSqlite; }
  std::unique_ptr<Connection> TakeWritingConnection() override;
  std::int64_t CheckpointIfDue(Connection& writing) override;
  std::int64_t CheckpointNow(Connection& writing) override;
  std::string IntegrityProblems() override;

  void OnCommit(AfterCommit hook) { after_commit_ = std::move(hook); }
  void NoteCommit(Connection& writing, std::int64_t seq, Instant at);

 protected:
  std::unique_ptr<Connection> OpenReader() override;

 private:
  struct Moved {
    bool is_done = false;
    std::int64_t frames = 0;       // in the log
    std::int64_t frames_done = 0;  // of these, in the database file
  };
  void OpenPrimary();
  void OpenSide(const SideSchema& schema);
  bool TryOpenSide(const SideSchema& schema);
  SqliteOpening Opening(bool is_writer) const;
  Moved Checkpoint(sqlite3* db, int mode, int busy_ms, std::int64_t frames);

  DatabaseOptions options_;
  bool is_side_ = false;
  std::unique_ptr<SqliteConnection> writing_;
  AfterCommit after_commit_;
  // Of the writer's thread.
  std::int64_t frames_seen_ = 0;
  std::int64_t frames_due_ = 0;
};

}  // namespace outpost::sql::detail
