#include "format/sheets/table.h"

#include <fmt/format.h>

#include <cmath>

namespace outpost::sheets {

std::string NumberText(double number) {
  constexpr double kWholeMax = 9e15;  // above it not every whole number has a double of its own
  if (std::nearbyint(number) == number && std::abs(number) < kWholeMax) {
    return fmt::format("{:.0f}", number);
  }
  return fmt::format("{:.12g}", number);
}

std::string CellText(const Cell& cell) {
  if (const auto* number = std::get_if<double>(&cell)) return NumberText(*number);
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  return {};
}

}  // namespace outpost::sheets
