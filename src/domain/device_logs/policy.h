#pragma once

#include <cstdint>
#include <mutex>
#include <string_view>
#include <unordered_map>

#include "base/instant.h"

/// Which device reports are kept. What is not kept is acknowledged all the same: the phone deletes
/// its copy, and nothing that people entered is in it.
namespace outpost::device_logs {

enum class Keep : std::uint8_t {
  kAll,
  kForced,  // only what a phone was asked for (?force_logs=true)
  kNone,
};
/// "all", "forced", "none". @throws Problem kBadRequest
Keep ParseKeep(std::string_view name);

struct Policy {
  Keep keep = Keep::kAll;
  /// XML bytes a day and project; 0: no limit. Logs come without credentials, so something must
  /// stand between a phone that runs wild and the disk.
  std::int64_t bytes_per_day_max = 200LL << 20;
};

/// Applies the policy. Counts are of this process, days are those of UTC. Threads: any.
class Gate {
 public:
  explicit Gate(const Policy& policy) : policy_(policy) {}

  enum class Verdict : std::uint8_t {
    kKept,
    kUnwanted,   // by Policy::keep
    kOverLimit,  // this project has sent enough today
  };
  /// Counts the report when it is kept.
  Verdict Judge(std::int64_t project, std::int64_t bytes, bool is_forced, Instant now);

 private:
  Policy policy_;
  std::mutex mutex_;
  std::int64_t day_ = 0;
  std::unordered_map<std::int64_t, std::int64_t> bytes_today_;  // by project
};

}  // namespace outpost::device_logs
