#include "transition/sizing/rounding.h"

#include <cmath>

namespace outpost::sizing {
namespace {

std::uint64_t PowerOfTen(int exponent) {
  std::uint64_t power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

}  // namespace

double CeilOf(double value) {
  constexpr double kSlack = 1e-12;
  const double nearest = std::nearbyint(value);
  if (std::abs(value - nearest) <= kSlack * std::abs(value)) return nearest;
  return std::ceil(value);
}

std::optional<double> RoundedUp(double bytes, int unit_exponent) {
  const double whole = CeilOf(bytes);
  if (!(whole >= 1)) return {};
  constexpr double kBytesMax = 9e18;
  if (whole > kBytesMax) return whole / std::pow(10, unit_exponent);
  const auto count = static_cast<std::uint64_t>(whole);
  const int power =
      static_cast<int>(std::nearbyint(std::log10(whole) - 2 - static_cast<double>(unit_exponent)));
  const int shift = unit_exponent + power;  // the rounding unit is 10^shift bytes
  std::uint64_t steps = 0;
  if (shift >= 0) {
    const auto step = PowerOfTen(shift);
    steps = count / step + (count % step == 0 ? 0 : 1);
  } else {
    steps = count * PowerOfTen(-shift);
  }
  return power >= 0 ? static_cast<double>(steps) * static_cast<double>(PowerOfTen(power))
                    : static_cast<double>(steps) / std::pow(10, -power);
}

}  // namespace outpost::sizing
