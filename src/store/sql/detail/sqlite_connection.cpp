#include "store/sql/detail/sqlite_connection.h"

#include <fmt/format.h>

#include <string>
#include <utility>

namespace outpost::sql::detail {
namespace {

constexpr int kReaderBusyMs = 5'000;
/// Frames of 4 kB.
constexpr int kSideCheckpointFrames = 8'000;
/// The log file is cut to this when it starts again from its beginning.
constexpr std::int64_t kLogBytesKept = std::int64_t{64} << 20;

class SqliteRows final : public Rows {
 public:
  explicit SqliteRows(StatementUse use) : use_(std::move(use)) {}

  void Restart(std::span<const Param> params, bool is_copied) {
    use_.Reset();
    use_.Bind(params, is_copied);
    is_over_ = false;
  }
  bool Next() override {
    if (is_over_) return false;
    if (use_.Step()) return true;
    is_over_ = true;
    use_.Reset();  // ends the read transaction now, not when the caller lets go
    return false;
  }
  bool IsNull(int column) const override {
    return sqlite3_column_type(use_.handle(), column) == SQLITE_NULL;
  }
  std::int64_t Int(int column) const override {
    return sqlite3_column_int64(use_.handle(), column);
  }
  std::string_view Text(int column) const override {
    const auto* text = sqlite3_column_text(use_.handle(), column);
    return View(text, column);
  }
  std::string_view Blob(int column) const override {
    const auto* bytes = sqlite3_column_blob(use_.handle(), column);
    return View(bytes, column);
  }

 private:
  /// The length may only be asked for after the value: asking converts it.
  std::string_view View(const void* data, int column) const {
    if (data == nullptr) return {};
    const int length = sqlite3_column_bytes(use_.handle(), column);
    return {static_cast<const char*>(data), static_cast<std::size_t>(length)};
  }

  StatementUse use_;
  bool is_over_ = true;
};

int RememberFrames(void* counter, sqlite3* /*db*/, const char* /*name*/, int frames) {
  *static_cast<std::int64_t*>(counter) = frames;
  return SQLITE_OK;
}

}  // namespace

SqliteConnection::SqliteConnection(const SqliteOpening& opening) : is_writer_(opening.is_writer) {
  try {
    Open(opening);
    statements_ = std::make_unique<StatementCache>(db_);
    Configure(opening);
  } catch (...) {
    statements_.reset();
    sqlite3_close_v2(db_);
    throw;
  }
}

SqliteConnection::~SqliteConnection() {
  statements_.reset();
  sqlite3_close_v2(db_);
}

void SqliteConnection::Open(const SqliteOpening& opening) {
  const int access = is_writer_ ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
  const int code = sqlite3_open_v2(opening.path.c_str(), &db_, access | SQLITE_OPEN_NOMUTEX,
                                   opening.vfs.empty() ? nullptr : opening.vfs.c_str());
  if (code != SQLITE_OK) ThrowSqliteError(db_, code, "open " + opening.path);
  sqlite3_extended_result_codes(db_, 1);
  sqlite3_busy_timeout(db_, is_writer_ ? kWriterBusyMs : kReaderBusyMs);
  // Every checkpoint goes through SqliteDatabase, which first hands the frames to the shipper; none
  // may happen because a connection was the last to close.
  sqlite3_db_config(db_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_ENABLE_FKEY, 1, nullptr);
}

void SqliteConnection::Configure(const SqliteOpening& opening) {
  const auto run = [this](const std::string& pragma) {
    const int code = sqlite3_exec(db_, pragma.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) ThrowSqliteError(db_, code, pragma);
  };
  run("PRAGMA mmap_size = 0");
  // Making the indexes of query.db sorts more than memory should hold.
  run(is_writer_ && opening.is_side ? "PRAGMA temp_store = FILE" : "PRAGMA temp_store = MEMORY");
  run(fmt::format("PRAGMA cache_size = -{}", opening.cache_kib));
#ifndef NDEBUG
  run("PRAGMA cell_size_check = ON");
#endif
  if (!is_writer_) return;
  run("PRAGMA page_size = 4096");
  run("PRAGMA journal_mode = WAL");
  // A sync of query.db would delay the writer's own; LeaveWhole makes up for it.
  run(opening.is_side ? "PRAGMA synchronous = OFF" : "PRAGMA synchronous = FULL");
  run(fmt::format("PRAGMA wal_autocheckpoint = {}", opening.is_side ? kSideCheckpointFrames : 0));
  run(fmt::format("PRAGMA journal_size_limit = {}", kLogBytesKept));
  // Off: overwriting freed pages with zeros would write each page of a deleted blob or sync log
  // once more, and proves little on flash disks, in the log and in backups, which all keep copies.
  // Disks that leave the house are LUKS-encrypted; doctor checks that.
  run("PRAGMA secure_delete = OFF");
  // The hook takes the place of the automatic checkpoint.
  if (!opening.is_side) sqlite3_wal_hook(db_, RememberFrames, &wal_frames_);
}

std::unique_ptr<Rows> SqliteConnection::Query(std::string_view sql, std::span<const Param> params) {
  auto rows = std::make_unique<SqliteRows>(statements_->Use(sql));
  rows->Restart(params, true);
  return rows;
}

void SqliteConnection::Execute(std::string_view sql, std::span<const Param> params) {
  ++writes_;
  auto use = statements_->Use(sql);
  use.Bind(params, false);
  while (use.Step()) {
  }
}

std::int64_t SqliteConnection::ExecuteCounted(std::string_view sql, std::span<const Param> params) {
  const auto before = sqlite3_total_changes64(db_);
  Execute(sql, params);
  // A statement that changes nothing leaves the count of the one before it.
  return sqlite3_total_changes64(db_) == before ? 0 : sqlite3_changes64(db_);
}

void SqliteConnection::QueryEach(std::string_view sql, std::span<const std::vector<Param>> sets,
                                 const EachRow& row) {
  if (sets.empty()) return;
  SqliteRows rows(statements_->Use(sql));
  for (std::size_t i = 0; i < sets.size(); ++i) {
    rows.Restart(sets[i], false);
    while (rows.Next()) row(i, rows);
  }
}

void SqliteConnection::Begin() {
  auto use = statements_->Use(is_writer_ ? "BEGIN IMMEDIATE" : "BEGIN");
  use.Bind({}, false);
  use.Step();
}

void SqliteConnection::Commit() {
  auto use = statements_->Use("COMMIT");
  use.Bind({}, false);
  use.Step();
}

void SqliteConnection::Rollback() noexcept {
  // SQLite may have rolled back by itself: after a full disk, for example.
  if (sqlite3_get_autocommit(db_) != 0) return;
  sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr);
}

}  // namespace outpost::sql::detail
