#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// The statement door: one way to speak SQL to SQLite and to PostgreSQL.
///
/// SQL is written once. Parameters are $1, $2, … in order of first appearance and are always bound.
/// Column types are 64-bit integers, text and bytes; dates are microseconds, truth values 0 and 1.
namespace outpost::sql {

enum class Engine : std::uint8_t { kSqlite, kPostgresql };

/// The engine refused or failed. Not a Problem: the edge answers 500 (or 503 when is_full) and the
/// writer runs the jobs of a failed batch one by one.
class SqlError : public std::runtime_error {
 public:
  enum class Cause : std::uint8_t { kOther, kConstraint, kDiskFull, kUnavailable };
  SqlError(const std::string& what, Cause cause) : std::runtime_error(what), cause_(cause) {}
  Cause cause() const noexcept { return cause_; }

 private:
  Cause cause_;
};

/// Marks a parameter as bytes rather than text.
struct Bytes {
  std::string_view view;
};
/// One bound value. Text and bytes are read during the call only.
using Param = std::variant<std::monostate, std::int64_t, std::string_view, Bytes>;
using Params = std::initializer_list<Param>;

/// A result, read forward. Column numbers start at 0. Texts stay valid until the next Next().
class Rows {
 public:
  virtual ~Rows() = default;
  virtual bool Next() = 0;
  virtual bool IsNull(int column) const = 0;
  virtual std::int64_t Int(int column) const = 0;       // 0 when null
  virtual std::string_view Text(int column) const = 0;  // "" when null
  virtual std::string_view Blob(int column) const = 0;  // "" when null

  std::string String(int column) const { return std::string(Text(column)); }
};

/// One connection. Threads: one at a time. Statements are prepared once and kept.
class Connection {
 public:
  virtual ~Connection() = default;

  virtual Engine engine() const = 0;

  /// The same SQL may be run again while a result of it is open; that costs a second preparation.
  /// A result must be gone before its connection is.
  /// @throws SqlError, also from Rows::Next
  virtual std::unique_ptr<Rows> Query(std::string_view sql, std::span<const Param> params) = 0;

  /// Runs a statement without a result. PostgreSQL sends it along and reports a failure at the
  /// next Query, ExecuteCounted or Commit.
  virtual void Execute(std::string_view sql, std::span<const Param> params) = 0;

  /// Runs a statement now and returns how many rows it changed.
  virtual std::int64_t ExecuteCounted(std::string_view sql, std::span<const Param> params) = 0;

  /// Runs the same query for many keys with one round trip on PostgreSQL; `row` sees the index of
  /// the parameter set each row answers. Every set has the same number of values.
  using EachRow = std::function<void(std::size_t index, const Rows& row)>;
  virtual void QueryEach(std::string_view sql, std::span<const std::vector<Param>> sets,
                         const EachRow& row) = 0;

  virtual void Begin() = 0;
  /// Durable when it returns. An fsync failure ends the process.
  virtual void Commit() = 0;
  virtual void Rollback() noexcept = 0;

  /// How many statements were run by Execute and ExecuteCounted so far: tells whether something
  /// has written.
  std::uint64_t writes() const { return writes_; }

  std::unique_ptr<Rows> Query(std::string_view sql, Params params = {}) {
    return Query(sql, std::span<const Param>(params.begin(), params.size()));
  }
  void Execute(std::string_view sql, Params params = {}) {
    Execute(sql, std::span<const Param>(params.begin(), params.size()));
  }
  std::int64_t ExecuteCounted(std::string_view sql, Params params = {}) {
    return ExecuteCounted(sql, std::span<const Param>(params.begin(), params.size()));
  }

 protected:
  std::uint64_t writes_ = 0;
};

}  // namespace outpost::sql
