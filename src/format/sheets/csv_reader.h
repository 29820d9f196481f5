#pragma once

#include <cstddef>
#include <cstdint>
#include <istream>
#include <string>
#include <vector>

namespace outpost::sheets {

/// Reads CSV row by row (RFC 4180): comma, double quotes, lines ended by LF or CR LF, a byte order
/// mark left out. An empty line is no row.
class CsvReader {
 public:
  /// Of one row, quotes included.
  static constexpr std::size_t kRowBytesMax = 1024 * 1024;

  /// `in` must outlive it.
  explicit CsvReader(std::istream& in) : in_(in) {}

  /// False at the end. @throws Problem kMalformed with the line for a quote that is not ended or
  /// stands in the middle of a field, text after a closing quote, a row that is too long
  bool Next(std::vector<std::string>& fields);
  /// Line on which the last row began, from 1.
  std::uint32_t line() const { return row_line_; }

 private:
  bool ReadField(std::string& field);
  void ReadQuoted(std::string& field);
  int Get();

  std::istream& in_;
  std::uint32_t line_ = 1, row_line_ = 0;
  std::size_t row_bytes_ = 0;
  bool has_begun_ = false;
};

}  // namespace outpost::sheets
