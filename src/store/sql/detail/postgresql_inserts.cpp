#include "store/sql/detail/postgresql_inserts.h"

#include <algorithm>

namespace outpost::sql::detail {
namespace {

// From PostgreSQL's catalogue; these never change.
constexpr Oid kBytea = 17;
constexpr Oid kInt8 = 20;
constexpr Oid kText = 25;

/// SQL made at run time must not pile up here.
constexpr std::size_t kShapesMax = 1'000;

Oid TypeOf(const Param& param) {
  if (std::holds_alternative<std::int64_t>(param)) return kInt8;
  if (std::holds_alternative<std::string_view>(param)) return kText;
  return std::holds_alternative<Bytes>(param) ? kBytea : 0;
}

/// "$1, $2, $3" with n numbers from `first` on.
std::string Numbers(std::size_t first, std::size_t n) {
  std::string numbers;
  for (std::size_t i = 0; i < n; ++i) {
    numbers += (i == 0 ? "$" : ", $") + std::to_string(first + i);
  }
  return numbers;
}

}  // namespace

GatheredInserts::Rows GatheredInserts::Read(std::string_view sql) {
  constexpr std::string_view kStart = "INSERT INTO ";
  constexpr std::string_view kValues = ") VALUES (";
  Rows rows;
  const auto values = sql.find(kValues);
  const auto open = sql.find('(');
  if (!sql.starts_with(kStart) || values == std::string_view::npos || open > values) return rows;
  const auto names = sql.substr(open, values - open);
  const auto columns = 1 + static_cast<std::size_t>(std::count(names.begin(), names.end(), ','));
  if (sql.substr(values + kValues.size()) != Numbers(1, columns) + ")") return rows;
  rows.is_plain = true;
  rows.head = sql.substr(0, values + kValues.size() - 1);
  rows.types.resize(columns);
  return rows;
}

bool GatheredInserts::Fits(const Rows& rows, std::span<const Param> params) {
  if (!rows.is_plain || rows.types.size() != params.size()) return false;
  for (std::size_t i = 0; i < params.size(); ++i) {
    const Oid type = TypeOf(params[i]);
    if (type != 0 && rows.types[i] != 0 && type != rows.types[i]) return false;
  }
  return true;
}

GatheredInserts::Value GatheredInserts::Keep(const Param& param) {
  if (std::holds_alternative<std::monostate>(param)) return {0, -1};
  const auto start = bytes_.size();
  if (const auto* number = std::get_if<std::int64_t>(&param)) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes_ += static_cast<char>(*number >> shift & 0xff);
    }
  } else {
    const auto* bytes = std::get_if<Bytes>(&param);
    bytes_ += bytes != nullptr ? bytes->view : std::get<std::string_view>(param);
  }
  return {start, static_cast<int>(bytes_.size() - start)};
}

bool GatheredInserts::Add(std::string_view sql, std::span<const Param> params) {
  auto at = by_sql_.find(sql);
  if (at == by_sql_.end()) {
    if (by_sql_.size() >= kShapesMax) return false;
    at = by_sql_.emplace(sql, Read(sql)).first;
  }
  Rows& rows = at->second;
  if (!Fits(rows, params)) return false;
  if (rows.values.empty()) order_.push_back(&rows);
  for (std::size_t i = 0; i < params.size(); ++i) {
    rows.types[i] = std::max(rows.types[i], TypeOf(params[i]));
    rows.values.push_back(Keep(params[i]));
  }
  ++rows_;
  return true;
}

const std::string& GatheredInserts::SqlOf(Rows& rows, std::size_t count) {
  std::string& sql = rows.sqls[count];
  if (!sql.empty()) return sql;
  const auto columns = rows.types.size();
  sql = rows.head;
  for (std::size_t row = 0; row < count; ++row) {
    sql += (row == 0 ? "(" : ", (") + Numbers(row * columns + 1, columns) + ")";
  }
  return sql;
}

void GatheredInserts::ForEach(const std::function<void(const BinaryStatement&)>& send) {
  for (Rows* rows : order_) {
    const auto columns = rows->types.size();
    auto left = rows->values.size() / columns;
    auto value = rows->values.begin();
    for (auto count = kRowsPerStatementMax; left > 0; count /= 2) {
      for (; left >= count; left -= count) {
        BinaryStatement statement;
        statement.sql = &SqlOf(*rows, count);
        for (std::size_t i = 0; i < count * columns; ++i, ++value) {
          statement.types.push_back(rows->types[i % columns]);
          statement.values.push_back(value->length < 0 ? nullptr : bytes_.data() + value->start);
          statement.lengths.push_back(std::max(value->length, 0));
        }
        send(statement);
      }
    }
  }
}

void GatheredInserts::Clear() {
  for (Rows* rows : order_) rows->values.clear();
  order_.clear();
  bytes_.clear();
  rows_ = 0;
}

}  // namespace outpost::sql::detail
