#include "format/sheets/csv.h"

namespace outpost::sheets {
namespace {

bool RunsAsFormula(std::string_view text) {
  return !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
}

void AppendRow(const std::vector<std::string>& fields, std::string* out) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) *out += ',';
    *out += fields[i];
  }
  *out += "\r\n";
}

}  // namespace

std::string CsvField(std::string_view text) {
  std::string guarded;
  if (RunsAsFormula(text)) guarded = "'";
  guarded += text;
  if (guarded.find_first_of(",\"\r\n") == std::string::npos) return guarded;
  std::string quoted = "\"";
  for (const char c : guarded) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string CsvOf(const Table& table) {
  std::string out;
  std::vector<std::string> fields;
  for (const auto& column : table.columns) fields.push_back(CsvField(column));
  AppendRow(fields, &out);
  for (const auto& row : table.rows) {
    fields.clear();
    for (const auto& cell : row) {
      // A negative number is a number, not a formula.
      fields.push_back(std::holds_alternative<double>(cell) ? CellText(cell)
                                                            : CsvField(CellText(cell)));
    }
    AppendRow(fields, &out);
  }
  return out;
}

}  // namespace outpost::sheets
