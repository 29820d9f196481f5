#include "store/sql/detail/sqlite_database.h"

#include <sqlite3.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "base/problem.h"
#include "store/sql/detail/schema_steps.h"
#include "store/sql/detail/side_schema.h"
#include "store/sql/detail/sqlite_statement.h"

namespace outpost::sql::detail {
namespace {

/// From here (64 MB) the log is emptied by force; below, it starts again by itself when no reader
/// needs it.
constexpr std::int64_t kLogFramesMax = (std::int64_t{64} << 20) / 4'120;
/// How long the writer waits for readers then: within the 20 ms that anything may hold it.
constexpr int kTruncateWaitMs = 10;
constexpr int kLastTruncateWaitMs = 1'000;

/// Else every allocation of every connection takes one lock of the process to count bytes that
/// nobody asks for. Has to come before SQLite's first use.
const bool kCountsNoBytes = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK;

[[noreturn]] void ThrowUnusable(const std::string& path, const SqlError& error) {
  throw Problem(ProblemKind::kInternal,
                "The database " + path +
                    " cannot be used. Check that the disk is not full and that the file belongs to "
                    "the server's account; when it is damaged, restore the last backup.",
                error.what());
}

}  // namespace

SqliteDatabase::SqliteDatabase(const DatabaseOptions& options, const SideSchema* side)
    : options_(options), is_side_(side != nullptr) {
  OUTPOST_CHECK(kCountsNoBytes);
  if (side == nullptr) {
    OpenPrimary();
  } else {
    OpenSide(*side);
  }
}

SqliteOpening SqliteDatabase::Opening(bool is_writer) const {
  return {options_.location, options_.sqlite_vfs,
          is_writer ? options_.writer_cache_kib : options_.reader_cache_kib, is_writer, is_side_};
}

void SqliteDatabase::OpenPrimary() {
  try {
    writing_ = std::make_unique<SqliteConnection>(Opening(/*is_writer=*/true));
    hash_key_ = BringUpToDate(*writing_);
  } catch (const SqlError& error) {
    ThrowUnusable(options_.location, error);
  }
}

bool SqliteDatabase::TryOpenSide(const SideSchema& schema) {
  try {
    writing_ = std::make_unique<SqliteConnection>(Opening(/*is_writer=*/true));
    hash_key_ = BringUp(*writing_, schema);
  } catch (const SqlError& error) {
    Log(LogLevel::kWarning, "store.side_unusable",
        {{"database", schema.name}, {"error", error.what()}});
    hash_key_.clear();
  }
  return !hash_key_.empty();
}

void SqliteDatabase::OpenSide(const SideSchema& schema) {
  if (TryOpenSide(schema)) return;
  writing_.reset();
  for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(options_.location + end);
  if (!TryOpenSide(schema)) {
    throw Problem(ProblemKind::kInternal,
                  "The file " + options_.location +
                      " cannot be made. Check that the disk is not full and that the folder "
                      "belongs to the server's account.");
  }
}

std::unique_ptr<Connection> SqliteDatabase::TakeWritingConnection() {
  OUTPOST_CHECK(writing_ != nullptr);
  return std::move(writing_);
}

std::unique_ptr<Connection> SqliteDatabase::OpenReader() {
  return std::make_unique<SqliteConnection>(Opening(/*is_writer=*/false));
}

SqliteDatabase::Moved SqliteDatabase::Checkpoint(sqlite3* db, int mode, int busy_ms,
                                                 std::int64_t frames) {
  if (before_checkpoint_) {
    try {
      before_checkpoint_({options_.location + "-wal", frames});
    } catch (const std::exception& error) {
      Log(LogLevel::kError, "store.checkpoint_postponed", {{"error", error.what()}});
      return {};
    }
  }
  int in_log = 0;
  int moved = 0;
  sqlite3_busy_timeout(db, busy_ms);
  const int code = sqlite3_wal_checkpoint_v2(db, nullptr, mode, &in_log, &moved);
  sqlite3_busy_timeout(db, SqliteConnection::kWriterBusyMs);
  if (code != SQLITE_OK && code != SQLITE_BUSY) {
    try {
      ThrowSqliteError(db, code, "checkpoint");  // ends the process after a failed fsync
    } catch (const SqlError& error) {
      // The commits are safe in the log; the next checkpoint tries again.
      Log(LogLevel::kError, "store.checkpoint_failed", {{"error", error.what()}});
    }
    return {};
  }
  return {code == SQLITE_OK, std::max(in_log, 0), std::max(moved, 0)};
}

std::int64_t SqliteDatabase::CheckpointIfDue(Connection& writing) {
  const auto& connection = static_cast<SqliteConnection&>(writing);
  const auto frames = connection.wal_frames();
  if (frames < frames_seen_) frames_due_ = options_.checkpoint_frames;  // the log began again
  frames_seen_ = frames;
  if (frames_due_ == 0) frames_due_ = options_.checkpoint_frames;
  if (frames < frames_due_) return 0;

  const auto start = SteadyMicros();
  frames_due_ = frames + options_.checkpoint_frames;
  const auto moved = Checkpoint(connection.handle(), SQLITE_CHECKPOINT_PASSIVE, 0, frames);
  if (moved.is_done && moved.frames_done == moved.frames && frames >= kLogFramesMax) {
    const auto emptied =
        Checkpoint(connection.handle(), SQLITE_CHECKPOINT_TRUNCATE, kTruncateWaitMs, frames);
    if (!emptied.is_done) Log(LogLevel::kWarning, "store.log_is_long", {{"frames", frames}});
  }
  return SteadyMicros() - start;
}

std::int64_t SqliteDatabase::CheckpointNow(Connection& writing) {
  const auto start = SteadyMicros();
  const auto& connection = static_cast<SqliteConnection&>(writing);
  Checkpoint(connection.handle(), SQLITE_CHECKPOINT_TRUNCATE, kLastTruncateWaitMs,
             connection.wal_frames());
  return SteadyMicros() - start;
}

void SqliteDatabase::NoteCommit(Connection& writing, std::int64_t seq, Instant at) {
  if (!after_commit_) return;
  const auto& connection = static_cast<SqliteConnection&>(writing);
  after_commit_({options_.location + "-wal", connection.wal_frames(), seq, at});
}

std::string SqliteDatabase::IntegrityProblems() {
  std::string problems;
  const auto reader = Read();
  for (const std::string_view check : {"PRAGMA integrity_check", "PRAGMA foreign_key_check"}) {
    const auto rows = reader->Query(check);
    while (rows->Next()) {
      if (rows->Text(0) != "ok") problems += rows->String(0) + "\n";
    }
  }
  if (is_side_) return problems;
  const auto ahead = reader->Query(
      "SELECT MAX(changes.seq) FROM changes WHERE changes.seq > (SELECT position.seq FROM "
      "position)");
  if (ahead->Next() && !ahead->IsNull(0)) problems += "the change log is ahead of the position\n";
  return problems;
}

}  // namespace outpost::sql::detail

namespace outpost::sql {

void OnCommit(Database& database, AfterCommit hook) {
  if (database.engine() != Engine::kSqlite) return;
  static_cast<detail::SqliteDatabase&>(database).OnCommit(std::move(hook));
}

void NoteCommit(Database& database, Connection& writing, std::int64_t seq, Instant at) {
  if (database.engine() != Engine::kSqlite) return;
  static_cast<detail::SqliteDatabase&>(database).NoteCommit(writing, seq, at);
}

}  // namespace outpost::sql
