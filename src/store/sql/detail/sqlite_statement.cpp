#include "store/sql/detail/sqlite_statement.h"

#include <fmt/format.h>

#include <cerrno>
#include <utility>

#include "base/text.h"
#include "store/sql/fatal.h"

namespace outpost::sql::detail {
namespace {

bool IsSyncFailure(int extended) {
  return extended == SQLITE_IOERR_FSYNC || extended == SQLITE_IOERR_DIR_FSYNC;
}

SqlError::Cause CauseOf(sqlite3* db, int code) {
  const int primary = code & 0xff;
  if (primary == SQLITE_FULL) return SqlError::Cause::kDiskFull;
  if (primary == SQLITE_CONSTRAINT) return SqlError::Cause::kConstraint;
  if (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN) {
    // The shared-memory file or a new log that finds no room is reported as an I/O error.
    const int system = sqlite3_system_errno(db);
    if (system == ENOSPC || system == EDQUOT) return SqlError::Cause::kDiskFull;
  }
  return SqlError::Cause::kOther;
}

int BindOne(sqlite3_stmt* handle, int index, const Param& param, sqlite3_destructor_type life) {
  if (const auto* number = std::get_if<std::int64_t>(&param)) {
    return sqlite3_bind_int64(handle, index, *number);
  }
  if (const auto* text = std::get_if<std::string_view>(&param)) {
    const char* data = text->data() == nullptr ? "" : text->data();
    return sqlite3_bind_text64(handle, index, data, text->size(), life, SQLITE_UTF8);
  }
  if (const auto* bytes = std::get_if<Bytes>(&param)) {
    const char* data = bytes->view.data() == nullptr ? "" : bytes->view.data();
    return sqlite3_bind_blob64(handle, index, data, bytes->view.size(), life);
  }
  return sqlite3_bind_null(handle, index);
}

}  // namespace

void ThrowSqliteError(sqlite3* db, int code, std::string_view sql) {
  const int extended = db == nullptr ? code : sqlite3_extended_errcode(db);
  if (IsSyncFailure(code) || IsSyncFailure(extended)) {
    EndOnSyncFailure("outpost.db", sqlite3_system_errno(db));
  }
  throw SqlError(fmt::format("SQLite {} ({}): {} in: {}", code, extended,
                             db == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(db), sql),
                 CauseOf(db, code));
}

SqliteStatement::SqliteStatement(sqlite3* db, std::string_view text) : sql(text) {
  const int code = sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
  if (code != SQLITE_OK) ThrowSqliteError(db, code, sql);
  if (handle == nullptr) throw SqlError("empty SQL", SqlError::Cause::kOther);
  const int count = sqlite3_bind_parameter_count(handle);
  for (int i = 1; i <= count; ++i) {
    const char* name = sqlite3_bind_parameter_name(handle, i);
    const auto number = name == nullptr ? std::nullopt : ParseInt(std::string_view(name + 1));
    if (!number || *number < 1 || *number > count) {
      sqlite3_finalize(handle);
      throw SqlError("parameters must be $1, $2, … without gaps in: " + sql,
                     SqlError::Cause::kOther);
    }
    order.push_back(static_cast<std::size_t>(*number - 1));
  }
}

SqliteStatement::~SqliteStatement() { sqlite3_finalize(handle); }

StatementUse::StatementUse(StatementUse&& other) noexcept
    : db_(other.db_),
      own_(std::move(other.own_)),
      statement_(std::exchange(other.statement_, nullptr)) {}

StatementUse::~StatementUse() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_->handle);
  statement_->is_in_use = false;
}

void StatementUse::Bind(std::span<const Param> params, bool is_copied) {
  const auto& order = statement_->order;
  if (params.size() != order.size()) {
    throw SqlError(fmt::format("{} values for {} parameters in: {}", params.size(), order.size(),
                               statement_->sql),
                   SqlError::Cause::kOther);
  }
  const auto life = is_copied ? SQLITE_TRANSIENT : SQLITE_STATIC;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const int code = BindOne(statement_->handle, static_cast<int>(i) + 1, params[order[i]], life);
    if (code != SQLITE_OK) ThrowSqliteError(db_, code, statement_->sql);
  }
}

bool StatementUse::Step() {
  const int code = sqlite3_step(statement_->handle);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) ThrowSqliteError(db_, code, statement_->sql);
  return false;
}

void StatementUse::Reset() { sqlite3_reset(statement_->handle); }

SqliteStatement& StatementCache::Find(std::string_view sql) {
  const auto address = reinterpret_cast<std::uintptr_t>(sql.data());
  auto*& quick = by_address_[(address >> 3) % by_address_.size()];
  if (quick != nullptr && quick->sql == sql) return *quick;
  auto found = by_sql_.find(sql);
  if (found == by_sql_.end()) {
    if (by_sql_.size() >= kStatementsMax) {
      by_address_.fill(nullptr);
      std::erase_if(by_sql_, [](const auto& entry) { return !entry.second->is_in_use; });
    }
    auto made = std::make_unique<SqliteStatement>(db_, sql);
    const std::string_view key = made->sql;
    found = by_sql_.emplace(key, std::move(made)).first;
  }
  quick = found->second.get();
  return *quick;
}

StatementUse StatementCache::Use(std::string_view sql) {
  auto& kept = Find(sql);
  if (kept.is_in_use) return {db_, std::make_unique<SqliteStatement>(db_, sql)};
  return {db_, kept};
}

}  // namespace outpost::sql::detail
