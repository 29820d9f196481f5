#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.h"
#include "transition/sizing/evaluate.h"

/// Sizing from what a running server sees (spec 1.12). The server fills LiveInputs; nothing here
/// asks for it.
namespace outpost::sizing {

/// A measured value and how it was obtained; the latter becomes a comment in the file.
struct LiveValue {
  double value = 0;
  std::string source;  // "mean of the last 3 full months, 1,204,331 forms"
};

struct DiskSample {
  Instant at;
  double used_bytes = 0;
};

struct LiveInputs {
  Month month;               // the last full month
  LiveValue users;           // people with at least one form in that month
  LiveValue forms_total;     // stored at its end, without superseded and duplicate ones
  LiveValue forms_per_user;  // a month
  LiveValue new_cases_per_user;
  LiveValue cases_per_form;  // case changes without creations, by form
  LiveValue cases_total;
  LiveValue form_bytes;  // mean, stored
  LiveValue case_bytes;  // row and properties
  LiveValue case_change_bytes;
  LiveValue search_bytes_per_form;
  LiveValue attachment_bytes_per_form;
  bool are_sizes_measured = true;           // else estimates
  std::optional<LiveValue> users_per_node;  // from the last load test; absent: never measured
  int cores = 0;                            // of this host
  double ram_gb = 0;
  double disk_bytes = 0;              // of the data folder's file system
  std::vector<DiskSample> disk_used;  // oldest first; one a day is enough
};

/// A configuration with these values, each with a comment that says where it came from. Users grow
/// by `growth_per_month` (0.02 = 2 %) for the `months` months after the last full one.
std::string ConfigFromLive(const LiveInputs& inputs, double growth_per_month, int months);

inline constexpr int kForecastDaysMin = 7;    // below it a trend is a guess
inline constexpr int kForecastYearsMax = 20;  // later than this is reported as "not in sight"

struct DiskForecast {
  double bytes_per_day = 0;
  std::optional<Instant> full_at;  // absent: not within kForecastYearsMax
  std::string sentence;  // "At this growth (1.2 GB a day) the disk is full on 2027-03-12."
};

/// Straight line through the samples of the last 30 days (least squares). Empty when they span
/// less than kForecastDaysMin days.
std::optional<DiskForecast> ForecastDisk(const std::vector<DiskSample>& used,
                                         double capacity_bytes);

/// One sentence for each thing that the host lacks for the need at the first summary date that is
/// not before `now`; none: it is enough. `own_service` names the service that runs here.
std::vector<std::string> LacksOfHost(const SizingResult& result, const std::string& own_service,
                                     Month now, int cores, double ram_gb, double disk_bytes);

}  // namespace outpost::sizing
