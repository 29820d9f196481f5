#pragma once

#include <cstdint>
#include <span>

/// Percentiles by nearest rank on all samples, not on buckets (operations document 6.5).
namespace outpost::loadtest {

/// The smallest sample with at least `percent` % of all samples not above it. 0 without samples.
/// Reorders the samples. `percent` is above 0 and at most 100.
std::uint32_t NearestRank(std::span<std::uint32_t> samples, double percent);

}  // namespace outpost::loadtest
