#include "format/sheets/text.h"

#include <algorithm>

namespace outpost::sheets {
namespace {

std::size_t WidthOf(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string Padded(const std::string& text, std::size_t width, bool to_the_right) {
  const std::string blanks(width > WidthOf(text) ? width - WidthOf(text) : 0, ' ');
  return to_the_right ? blanks + text : text + blanks;
}

std::string WithoutTrailingBlanks(std::string line) {
  const auto last = line.find_last_not_of(' ');
  line.erase(last == std::string::npos ? 0 : last + 1);
  return line;
}

std::string EscapedBars(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

}  // namespace

std::string TextOf(const Table& table) {
  const auto count = table.columns.size();
  std::vector<std::size_t> widths(count);
  std::vector<bool> numeric(count, false);
  for (std::size_t i = 0; i < count; ++i) widths[i] = WidthOf(table.columns[i]);
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < count; ++i) {
      widths[i] = std::max(widths[i], WidthOf(CellText(row[i])));
      if (std::holds_alternative<double>(row[i])) numeric[i] = true;
    }
  }
  std::string out = table.title.empty() ? "" : table.title + "\n";
  std::string header;
  std::string rule;
  for (std::size_t i = 0; i < count; ++i) {
    header += (i ? "  " : "") + Padded(table.columns[i], widths[i], numeric[i]);
    rule += (i ? "  " : "") + std::string(widths[i], '-');
  }
  out += WithoutTrailingBlanks(header) + "\n" + rule + "\n";
  for (const auto& row : table.rows) {
    std::string line;
    for (std::size_t i = 0; i < count; ++i) {
      line += (i ? "  " : "") + Padded(CellText(row[i]), widths[i], numeric[i]);
    }
    out += WithoutTrailingBlanks(line) + "\n";
  }
  return out;
}

std::string MarkdownOf(const Table& table) {
  std::string header = "|";
  std::string rule = "|";
  for (const auto& column : table.columns) {
    header += " " + EscapedBars(column) + " |";
    rule += " --- |";
  }
  std::string out = header + "\n" + rule + "\n";
  for (const auto& row : table.rows) {
    out += "|";
    for (const auto& cell : row) out += " " + EscapedBars(CellText(cell)) + " |";
    out += "\n";
  }
  return out;
}

}  // namespace outpost::sheets
