#include "format/sheets/csv_reader.h"

#include <string_view>

#include "base/problem.h"

namespace outpost::sheets {
namespace {

constexpr int kEnd = std::char_traits<char>::eof();
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

[[noreturn]] void Refuse(const char* why, std::uint32_t line) {
  throw Problem(std::string("Line ") + std::to_string(line) + ": " + why, {line, 0});
}

}  // namespace

int CsvReader::Get() {
  const int c = in_.get();
  if (c == kEnd) return c;
  if (c == '\n') ++line_;
  if (++row_bytes_ > kRowBytesMax) Refuse("a row has more than 1 MB", row_line_);
  return c;
}

/// Behind the opening quote, up to the closing one.
void CsvReader::ReadQuoted(std::string& field) {
  while (true) {
    const int c = Get();
    if (c == kEnd) Refuse("a quote is not ended", row_line_);
    if (c != '"') {
      field += static_cast<char>(c);
      continue;
    }
    if (in_.peek() != '"') return;
    field += static_cast<char>(Get());
  }
}

/// Whether another field follows in this row.
bool CsvReader::ReadField(std::string& field) {
  field.clear();
  bool was_quoted = false;
  while (true) {
    const int c = Get();
    if (c == ',') return true;
    if (c == kEnd || c == '\n') return false;
    if (c == '\r' && (in_.peek() == '\n' || in_.peek() == kEnd)) continue;
    if (was_quoted) Refuse("there is text behind a closing quote", line_);
    if (c != '"') {
      field += static_cast<char>(c);
      continue;
    }
    if (!field.empty()) Refuse("there is a quote within a field that is not quoted", line_);
    ReadQuoted(field);
    was_quoted = true;
  }
}

bool CsvReader::Next(std::vector<std::string>& fields) {
  if (!has_begun_) {
    has_begun_ = true;
    for (const char c : kByteOrderMark) {
      if (in_.peek() != static_cast<unsigned char>(c)) break;
      in_.get();
    }
  }
  while (in_.peek() != kEnd) {
    fields.clear();
    row_bytes_ = 0;
    row_line_ = line_;
    bool has_more = true;
    while (has_more) {
      fields.emplace_back();
      has_more = ReadField(fields.back());
    }
    if (fields.size() > 1 || !fields.front().empty()) return true;
  }
  return false;
}

}  // namespace outpost::sheets
