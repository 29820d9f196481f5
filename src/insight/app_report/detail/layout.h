#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "insight/app_report/navigation.h"

/// Where boxes stand. Private to this room.
namespace outpost::app_report {

struct Rectangle {
  double x = 0, y = 0, width = 0, height = 0;
};

struct Layout {
  std::vector<Rectangle> boxes;  // of the drawing's boxes, in their order
  double width = 0, height = 0;
};

inline constexpr double kFontSize = 13;        // px, of titles
inline constexpr double kBoldFontSize = 14.5;  // as which bold titles of kFontSize are measured
inline constexpr double kSmallFontSize = 11;   // px, of the lines below
inline constexpr double kPadding = 8;          // px, between a box and its text
inline constexpr double kLineHeight = 16;      // px
inline constexpr double kBoxWidthMax = 260;    // px

/// Layers from left to right, a layer as wide as its widest box. What hangs on a box stands below
/// one another to its right, and the box in the middle before it; nothing overlaps.
Layout MakeLayout(const Navigation& navigation);

/// Lines of a box, each cut to what its widest box may hold; the first is the title.
std::vector<std::string> LinesOf(const Box& box);

/// A generous guess of a text's width.
double WidthOf(std::string_view utf8, double font_size);
/// The text, cut with an ellipsis where it is wider.
std::string Cut(std::string_view utf8, double font_size, double width_max);

}  // namespace outpost::app_report
