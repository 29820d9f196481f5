#pragma once

#include <libpq-fe.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "store/sql/connection.h"

namespace outpost::sql::detail {

struct PgResultFree {
  void operator()(PGresult* result) const { PQclear(result); }
};
using PgResult = std::unique_ptr<PGresult, PgResultFree>;

/// A result in PostgreSQL's binary format, whole in memory.
class PostgresqlRows final : public Rows {
 public:
  explicit PostgresqlRows(PgResult result);

  bool Next() override;
  bool IsNull(int column) const override;
  std::int64_t Int(int column) const override;
  std::string_view Text(int column) const override;
  std::string_view Blob(int column) const override;

 private:
  std::string_view Value(int column) const;

  PgResult result_;
  int row_ = -1;
  int rows_ = 0;
  mutable std::vector<std::string> numbers_as_text_;  // by column; the views given away live here
};

/// Parameters of one call as libpq wants them. Text and bytes are not copied.
class PostgresqlParams {
 public:
  explicit PostgresqlParams(std::span<const Param> params);

  int size() const { return static_cast<int>(values_.size()); }
  const char* const* values() const { return values_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }
  /// 0 for null: any type.
  const std::vector<Oid>& types() const { return types_; }

 private:
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
  std::vector<Oid> types_;
  std::vector<std::string> numbers_;
};

}  // namespace outpost::sql::detail
