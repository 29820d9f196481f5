#pragma once

#include <optional>
#include <string>

#include "format/sheets/table.h"
#include "operations/usage/usage.h"
#include "transition/sizing/live.h"

/// What a server is used for, as the inputs of the resource model (operations document 1.12).
namespace outpost::usage {

/// Means are taken over so many of the last full months.
inline constexpr int kMeanMonths = 3;
/// With fewer forms the size of an empty database says more than the forms do: the sizes are then
/// the estimates of the template "outpost".
inline constexpr std::int64_t kFormsForSizes = 1'000;
/// Full months with people in them, before their number says anything about growth.
inline constexpr int kMonthsForGrowth = 3;
/// A growth of more than this a month does not go on.
inline constexpr double kGrowthMax = 0.2;

struct Growth {
  double per_month = 0;  // 0.02: 2 % more people each month
  std::string source;    // where it comes from, or why it is not known
};
Growth GrowthOf(const Usage& usage);

/// Whether a whole month with forms has passed.
bool HasFullMonth(const Usage& usage);
/// @throws Problem kConflict "not enough history" without one
sizing::LiveInputs LiveInputsOf(const Usage& usage);

/// One sentence: when the disk will be full, or what is missing to say so.
std::string DiskForecastText(const Usage& usage);
std::optional<sizing::DiskForecast> DiskForecastOf(const Usage& usage);

/// People, months, apps, bytes by kind, the forecast: ready for any renderer.
sheets::Sheet SheetOf(const Usage& usage);

}  // namespace outpost::usage
