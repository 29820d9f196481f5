#pragma once

#include <sqlite3.h>

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/sql/connection.h"

/// Prepared statements of one SQLite connection, kept by their SQL.
namespace outpost::sql::detail {

/// Throws the SqlError for what `db` reported last; ends the process when it was a failed fsync.
[[noreturn]] void ThrowSqliteError(sqlite3* db, int code, std::string_view sql);

struct SqliteStatement {
  SqliteStatement(sqlite3* db, std::string_view text);
  ~SqliteStatement();
  SqliteStatement(const SqliteStatement&) = delete;
  SqliteStatement& operator=(const SqliteStatement&) = delete;

  std::string sql;
  sqlite3_stmt* handle = nullptr;
  std::vector<std::size_t> order;  // at SQLite's index i stands the parameter $(order[i] + 1)
  bool is_in_use = false;
};

/// One run of a statement: resets it when gone, on every path.
class StatementUse {
 public:
  StatementUse(sqlite3* db, SqliteStatement& kept) : db_(db), statement_(&kept) {
    kept.is_in_use = true;
  }
  StatementUse(sqlite3* db, std::unique_ptr<SqliteStatement> own)
      : db_(db), own_(std::move(own)), statement_(own_.get()) {}
  StatementUse(StatementUse&& other) noexcept;
  StatementUse& operator=(StatementUse&&) = delete;
  ~StatementUse();

  /// `is_copied`: the values are kept until the reset, else they must live until then.
  void Bind(std::span<const Param> params, bool is_copied);
  /// True when there is a row. @throws SqlError
  bool Step();
  void Reset();
  sqlite3_stmt* handle() const { return statement_->handle; }

 private:
  sqlite3* db_;
  std::unique_ptr<SqliteStatement> own_;
  SqliteStatement* statement_;
};

class StatementCache {
 public:
  explicit StatementCache(sqlite3* db) : db_(db) {}

  StatementUse Use(std::string_view sql);

 private:
  /// Over this many texts, those not in use are forgotten: SQL made at run time must not pile up.
  static constexpr std::size_t kStatementsMax = 400;

  SqliteStatement& Find(std::string_view sql);

  sqlite3* db_;
  std::unordered_map<std::string_view, std::unique_ptr<SqliteStatement>> by_sql_;
  /// By address of the text, which for literals is as good as its content; the content is compared
  /// all the same.
  std::array<SqliteStatement*, 256> by_address_{};
};

}  // namespace outpost::sql::detail
