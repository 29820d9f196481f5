#include "operations/loadtest/percentiles.h"

#include <algorithm>
#include <cmath>

namespace outpost::loadtest {

std::uint32_t NearestRank(std::span<std::uint32_t> samples, double percent) {
  if (samples.empty()) return 0;
  // In thousandths of a percent, so that 99.9 % of 1,000 samples is the 999th and not the 1,000th.
  const auto share = static_cast<std::uint64_t>(std::llround(percent * 1000));
  const std::uint64_t rank = (share * samples.size() + 99'999) / 100'000;
  const auto index =
      static_cast<std::ptrdiff_t>(std::clamp<std::uint64_t>(rank, 1, samples.size())) - 1;
  std::nth_element(samples.begin(), samples.begin() + index, samples.end());
  return samples[static_cast<std::size_t>(index)];
}

}  // namespace outpost::loadtest
