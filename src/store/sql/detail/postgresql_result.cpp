#include "store/sql/detail/postgresql_result.h"

#include <fmt/format.h>

#include <utility>

namespace outpost::sql::detail {
namespace {

// From PostgreSQL's catalogue; these never change.
constexpr Oid kBool = 16;
constexpr Oid kBytea = 17;
constexpr Oid kInt8 = 20;
constexpr Oid kInt2 = 21;
constexpr Oid kInt4 = 23;
constexpr Oid kText = 25;
constexpr Oid kNumeric = 1700;

constexpr int kTextFormat = 0;
constexpr int kBinaryFormat = 1;

std::int64_t SignedBigEndian(std::string_view bytes) {
  std::uint64_t number = 0;
  if (!bytes.empty() && (static_cast<unsigned char>(bytes[0]) & 0x80U) != 0) number = ~number;
  for (const char c : bytes) number = number << 8 | static_cast<unsigned char>(c);
  return static_cast<std::int64_t>(number);
}

/// A sum of 64-bit integers is a numeric: count of digits, weight, sign, scale, then digits of base
/// 10,000. Fractions are cut off.
std::int64_t IntegerOfNumeric(std::string_view bytes) {
  constexpr std::size_t kHeadBytes = 8;
  constexpr std::int64_t kNegative = 0x4000;
  if (bytes.size() < kHeadBytes) return 0;
  const auto digits = SignedBigEndian(bytes.substr(0, 2));
  const auto weight = SignedBigEndian(bytes.substr(2, 2));
  std::int64_t number = 0;
  for (std::int64_t i = 0; i <= weight; ++i) {
    const auto at = kHeadBytes + 2 * static_cast<std::size_t>(i);
    number = number * 10'000 + (i < digits ? SignedBigEndian(bytes.substr(at, 2)) : 0);
  }
  return SignedBigEndian(bytes.substr(4, 2)) == kNegative ? -number : number;
}

bool IsInteger(Oid type) {
  return type == kInt8 || type == kInt4 || type == kInt2 || type == kBool || type == kNumeric;
}

}  // namespace

PostgresqlRows::PostgresqlRows(PgResult result)
    : result_(std::move(result)), rows_(PQntuples(result_.get())) {}

bool PostgresqlRows::Next() {
  if (row_ + 1 >= rows_) return false;
  ++row_;
  return true;
}

bool PostgresqlRows::IsNull(int column) const {
  return PQgetisnull(result_.get(), row_, column) != 0;
}

std::string_view PostgresqlRows::Value(int column) const {
  return {PQgetvalue(result_.get(), row_, column),
          static_cast<std::size_t>(PQgetlength(result_.get(), row_, column))};
}

std::int64_t PostgresqlRows::Int(int column) const {
  if (IsNull(column)) return 0;
  const Oid type = PQftype(result_.get(), column);
  if (type == kNumeric) return IntegerOfNumeric(Value(column));
  if (!IsInteger(type)) {
    throw SqlError(fmt::format("column {} is no integer but of type {}", column, type),
                   SqlError::Cause::kOther);
  }
  return SignedBigEndian(Value(column));
}

std::string_view PostgresqlRows::Text(int column) const {
  if (!IsInteger(PQftype(result_.get(), column)) || IsNull(column)) return Value(column);
  const auto index = static_cast<std::size_t>(column);
  if (numbers_as_text_.size() <= index) numbers_as_text_.resize(index + 1);
  numbers_as_text_[index] = std::to_string(Int(column));
  return numbers_as_text_[index];
}

std::string_view PostgresqlRows::Blob(int column) const { return Value(column); }

PostgresqlParams::PostgresqlParams(std::span<const Param> params) {
  numbers_.reserve(params.size());  // keeps the addresses of short strings
  for (const auto& param : params) {
    if (const auto* number = std::get_if<std::int64_t>(&param)) {
      const auto& text = numbers_.emplace_back(std::to_string(*number));
      values_.push_back(text.c_str());
      lengths_.push_back(static_cast<int>(text.size()));
      formats_.push_back(kTextFormat);
      types_.push_back(kInt8);
    } else if (std::holds_alternative<std::monostate>(param)) {
      values_.push_back(nullptr);
      lengths_.push_back(0);
      formats_.push_back(kTextFormat);
      types_.push_back(0);
    } else {
      const auto* bytes = std::get_if<Bytes>(&param);
      const auto view = bytes != nullptr ? bytes->view : std::get<std::string_view>(param);
      values_.push_back(view.data() == nullptr ? "" : view.data());
      lengths_.push_back(static_cast<int>(view.size()));
      formats_.push_back(kBinaryFormat);
      types_.push_back(bytes != nullptr ? kBytea : kText);
    }
  }
}

}  // namespace outpost::sql::detail
