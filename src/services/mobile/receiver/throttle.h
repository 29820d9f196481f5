#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <unordered_map>

#include "base/metrics.h"
#include "base/timer.h"
#include "domain/intake/rate_limit.h"
#include "domain/projects/projects.h"
#include "store/sql/database.h"

/// Holds submissions back that come faster than their project may send (submission document 7).
/// What fails in here never keeps a form out.
namespace outpost::mobile {

/// A submission waits so long for its turn before it is refused.
inline constexpr std::int64_t kSlotWaitMicros = 15'000'000;
/// How long the number of a project's workers is remembered.
inline constexpr std::int64_t kWorkersFreshMicros = 600'000'000;

/// "off", "standard". @throws Problem kBadRequest
bool ParseSubmissionLimits(std::string_view name);

class Throttle {
 public:
  /// @param limits_all whether projects are limited that say nothing else.
  Throttle(sql::Database& database, MetricRegistry& metrics, bool limits_all,
           const intake::RateTables& tables = intake::kStandardRates);

  /// Calls one of the two exactly once: `go` on this thread when there is a free slot, or later on
  /// another; `refuse` with the seconds for Retry-After when none will be free in time. Neither is
  /// called after Stop. Both throw nothing.
  void Enter(const projects::Project& project, std::function<void()> go,
             std::function<void(std::int64_t retry_after_seconds)> refuse);
  /// Tells of cases that a form has changed.
  void CountCases(const projects::Project& project, std::int64_t cases);
  /// The number of a project's active mobile workers, at most kWorkersFreshMicros old.
  std::int64_t WorkersOf(std::int64_t project);

  void Stop() { timer_.Close(); }

 private:
  struct Entrant;
  bool Limits(const projects::Project& project) const;
  void Try(const std::shared_ptr<Entrant>& entrant);
  std::int64_t Now() const;

  sql::Database& database_;
  MetricRegistry& metrics_;
  const bool limits_all_;
  const std::int64_t started_;
  intake::RateLimiter limiter_;
  std::mutex mutex_;
  struct Workers {
    std::int64_t count = 0;
    std::int64_t read_at = 0;
  };
  std::unordered_map<std::int64_t, Workers> workers_;
  /// So many wait at most, each with its request. Two threads: one large form that is read does not
  /// keep the others waiting.
  static constexpr std::size_t kWaitingMax = 1'000;
  Timer timer_{kWaitingMax, 2};  // last: what waits in it uses the rest
};

}  // namespace outpost::mobile
