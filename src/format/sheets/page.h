#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "format/sheets/table.h"

/// Self-contained HTML pages and plots: one file, no scripts, no fetched parts; they print well.
namespace outpost::sheets {

/// A line plot. Every line has one value per label; NaN leaves a gap.
struct Plot {
  std::string title;
  std::string unit;                 // of the vertical axis
  std::vector<std::string> labels;  // along the horizontal axis, in order
  std::vector<std::pair<std::string, std::vector<double>>> lines;  // name, values
};

inline constexpr std::size_t kPlotLinesMax = 8;  // colours; further lines are summed as "others"

/// An <svg> element, 620 wide, with title, axes, grid and a legend below; readable also at half the
/// size.
std::string SvgOf(const Plot& plot);
/// Drawings or tables that stand side by side where the page is wide enough.
std::string SideBySide(const std::vector<Plot>& plots);
std::string SideBySide(const std::vector<Table>& tables);

/// Text to markup.
using CellMarkup = std::function<std::string(std::string_view)>;
/// A <table> with caption; numbers to the right, with at most six digits that are not whole. On a
/// narrow screen each row of a table with more than kColumnsNarrowMax columns becomes a card.
std::string HtmlOf(const Table& table, const CellMarkup& markup = EscapeMarkup);
inline constexpr std::size_t kColumnsNarrowMax = 3;

/// For pages with tables of many columns: as wide as the screen allows, printed across.
inline constexpr std::string_view kWidePage =
    "body{max-width:92rem}table{font-size:.8rem}@page{size:landscape}"
    "@media print{table{font-size:.58rem}th,td{padding:.15rem .28rem}}";

/// A whole document around body, which is markup already. style is appended to the built-in sheet.
std::string HtmlPage(std::string_view title, std::string_view body, std::string_view style = {});

}  // namespace outpost::sheets
