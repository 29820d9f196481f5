#pragma once

#include <string>
#include <variant>
#include <vector>

/// Tables that are going to be printed, written as CSV or XLSX, or shown on a page: one shape for
/// all of them, so that every format holds the same figures.
namespace outpost::sheets {

/// Empty, a number, or text.
using Cell = std::variant<std::monostate, double, std::string>;

struct Table {
  std::string title;
  std::vector<std::string> columns;
  std::vector<std::vector<Cell>> rows;  // each as long as columns
};

struct Sheet {
  std::string name;
  std::vector<Table> tables;  // below each other
};

struct Workbook {
  std::vector<Sheet> sheets;
};

/// Whole numbers in full, others with at most 12 digits, so that sums of decimal figures do not
/// show their binary tail: "3.4", "160", "1320000000000".
std::string NumberText(double number);
std::string CellText(const Cell& cell);

}  // namespace outpost::sheets
