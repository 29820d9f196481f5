#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "store/sql/connection.h"
#include "store/sql/detail/sqlite_statement.h"

namespace outpost::sql::detail {

struct SqliteOpening {
  std::string path;
  std::string vfs;  // empty: the default
  int cache_kib = 0;
  /// The one connection that writes and checkpoints; all others are opened read-only.
  bool is_writer = false;
  /// Of a database that can be made again: commits may be lost with the power, the writer
  /// checkpoints by itself.
  bool is_side = false;
};

class SqliteConnection final : public Connection {
 public:
  /// Only a reader that rebuilds the index of the log can hold the writer up.
  static constexpr int kWriterBusyMs = 1'000;

  /// @throws SqlError
  explicit SqliteConnection(const SqliteOpening& opening);
  ~SqliteConnection() override;
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;

  using Connection::Execute;
  using Connection::ExecuteCounted;
  using Connection::Query;

  Engine engine() const override { return Engine::kSqlite; }
  std::unique_ptr<Rows> Query(std::string_view sql, std::span<const Param> params) override;
  void Execute(std::string_view sql, std::span<const Param> params) override;
  std::int64_t ExecuteCounted(std::string_view sql, std::span<const Param> params) override;
  void QueryEach(std::string_view sql, std::span<const std::vector<Param>> sets,
                 const EachRow& row) override;
  void Begin() override;
  void Commit() override;
  void Rollback() noexcept override;

  sqlite3* handle() const { return db_; }
  /// Committed frames in the write-ahead log after this connection's last commit.
  std::int64_t wal_frames() const { return wal_frames_; }

 private:
  void Open(const SqliteOpening& opening);
  void Configure(const SqliteOpening& opening);

  sqlite3* db_ = nullptr;
  bool is_writer_ = false;
  std::int64_t wal_frames_ = 0;
  std::unique_ptr<StatementCache> statements_;
};

}  // namespace outpost::sql::detail
