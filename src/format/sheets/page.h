#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

/// An <svg> element, 760 by 300, with axes, grid, legend and a title.
std::string SvgOf(const Plot& plot);

/// A <table> with caption; numbers to the right.
std::string HtmlOf(const Table& table);

/// A whole document around body, which is markup already. style is appended to the built-in sheet.
std::string HtmlPage(std::string_view title, std::string_view body, std::string_view style = {});

}  // namespace outpost::sheets
