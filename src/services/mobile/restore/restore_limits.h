#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "domain/intake/rate_limit.h"
#include "domain/projects/projects.h"

/// How often the phones of a project space may sync (restore document 12.3). Off unless asked for.
namespace outpost::mobile {

/// Three a day for each worker, spread over the shorter windows, and some for the project.
inline constexpr intake::RateTable kRestoreRates = {
    {3.0 / 86'400, 3.0 / 1'440, 3.0 / 24, 3.0, 21.0}, {1.0, 5.0, 15.0, 25.0, 50.0}, {}};

/// "off", "standard". @throws Problem kBadRequest
bool ParseRestoreLimits(std::string_view name);

/// Counts in this process. Threads: any.
class RestoreLimits {
 public:
  /// `limits_all`: projects that say nothing else are limited too.
  explicit RestoreLimits(bool limits_all) : limits_all_(limits_all) {}

  bool Limits(const projects::Project& project) const;
  /// Counts a request that may go on: 0. Otherwise microseconds after which one may; empty: never.
  std::optional<std::int64_t> Ask(std::int64_t project, std::int64_t workers);

 private:
  const bool limits_all_;
  std::mutex mutex_;
  std::unordered_map<std::int64_t, intake::Usage> used_;
};

}  // namespace outpost::mobile
