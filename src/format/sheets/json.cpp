#include "format/sheets/json.h"

#include <boost/json.hpp>

namespace outpost::sheets {
namespace {

namespace json = boost::json;

json::value CellJson(const Cell& cell) {
  if (const auto* number = std::get_if<double>(&cell)) {
    // Whole numbers without a fraction, as people write them.
    return json::parse(NumberText(*number));
  }
  if (const auto* text = std::get_if<std::string>(&cell)) return json::string(*text);
  return nullptr;
}

json::object TableJson(const Table& table) {
  json::array columns;
  for (const auto& column : table.columns) columns.push_back(json::string(column));
  json::array rows;
  for (const auto& row : table.rows) {
    json::array cells;
    for (const auto& cell : row) cells.push_back(CellJson(cell));
    rows.push_back(std::move(cells));
  }
  return {{"title", table.title}, {"columns", std::move(columns)}, {"rows", std::move(rows)}};
}

}  // namespace

std::string JsonOf(const Workbook& workbook) {
  json::array sheets;
  for (const auto& sheet : workbook.sheets) {
    json::array tables;
    for (const auto& table : sheet.tables) tables.push_back(TableJson(table));
    sheets.push_back(json::object{{"name", sheet.name}, {"tables", std::move(tables)}});
  }
  return json::serialize(json::object{{"sheets", std::move(sheets)}}) + "\n";
}

}  // namespace outpost::sheets
