#pragma once

#include <cstdint>
#include <optional>

namespace outpost::sizing {

/// ceil that is not lifted by the last bit of a binary fraction: 3,300,000,000.0000005 -> 3.3e9.
double CeilOf(double value);

/// Rounds upward to two or three significant digits and shows the result in units of
/// 10^unit_exponent bytes: p = the even-rounded log10 of a hundredth of the value, result the next
/// multiple of 10^p. Computed in whole numbers. Empty for 0, which tables show as blank.
std::optional<double> RoundedUp(double bytes, int unit_exponent);

}  // namespace outpost::sizing
