#pragma once

#include <string>
#include <vector>

#include "transition/sizing/evaluate.h"

namespace outpost::sizing::detail {

DateSummary Summarise(const SizingConfig& config, const SetResult& result, std::size_t month);

/// One label per summary.
Comparison Compare(const SizingConfig& config, const std::vector<const DateSummary*>& summaries,
                   const std::vector<std::string>& labels);
/// The first column as it is, then differences.
Comparison Increments(const Comparison& comparison);

}  // namespace outpost::sizing::detail
