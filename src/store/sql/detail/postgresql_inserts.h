#pragma once

#include <libpq-fe.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/sql/connection.h"

namespace outpost::sql::detail {

/// One statement with values in PostgreSQL's binary format. Texts and values live in the
/// GatheredInserts that made it, until the next Add or Clear.
struct BinaryStatement {
  const std::string* sql = nullptr;
  std::vector<Oid> types;  // 0: only nulls so far
  std::vector<const char*> values;
  std::vector<int> lengths;
};

/// Rows on their way into tables. Those of the same INSERT become statements of many rows, so that
/// the server starts, runs and answers one for many.
///
/// Only "INSERT INTO t (a, b) VALUES ($1, $2)" is gathered: such rows may be written in any order,
/// as no table has triggers or foreign keys. Whatever else is sent must be sent behind them.
class GatheredInserts {
 public:
  /// Sent when so much has gathered, so that the server works while the rest is decided.
  static constexpr std::size_t kRowsMax = 128;
  static constexpr std::size_t kBytesMax = 128 * 1024;
  /// Rows of one statement: this, or a smaller power of two.
  static constexpr std::size_t kRowsPerStatementMax = 16;

  /// Values are copied. False: the statement is of another kind, or a value is of another type than
  /// the one that its column had before.
  bool Add(std::string_view sql, std::span<const Param> params);
  bool is_full() const { return rows_ >= kRowsMax || bytes_.size() >= kBytesMax; }
  bool empty() const { return rows_ == 0; }
  /// All of it, by the order in which the statements first came. Clear when they are sent.
  void ForEach(const std::function<void(const BinaryStatement&)>& send);
  void Clear();

 private:
  struct Value {
    std::size_t start = 0;  // in bytes_
    int length = 0;         // -1: null
  };
  struct Rows {
    bool is_plain = false;
    std::string head;                         // "INSERT INTO t (a, b) VALUES "
    std::map<std::size_t, std::string> sqls;  // by number of rows
    std::vector<Oid> types;                   // of the columns, 0 while all are null
    std::vector<Value> values;                // row after row
  };
  static Rows Read(std::string_view sql);
  static bool Fits(const Rows& rows, std::span<const Param> params);
  static const std::string& SqlOf(Rows& rows, std::size_t count);
  Value Keep(const Param& param);

  std::map<std::string, Rows, std::less<>> by_sql_;
  std::vector<Rows*> order_;
  std::string bytes_;
  std::size_t rows_ = 0;
};

}  // namespace outpost::sql::detail
