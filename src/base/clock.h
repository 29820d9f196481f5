#pragma once

#include <atomic>
#include <cstdint>

#include "base/instant.h"

namespace outpost {

/// The only source of "now". Tests hand in a ScriptedClock. Threads: any.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant Now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Instant Now() const override;
};

/// Stands still until told otherwise.
class ScriptedClock final : public Clock {
 public:
  explicit ScriptedClock(Instant start) : micros_(start.micros) {}
  Instant Now() const override { return {micros_.load()}; }
  void Set(Instant at) { micros_.store(at.micros); }
  void Advance(std::int64_t micros) { micros_.fetch_add(micros); }

 private:
  std::atomic<std::int64_t> micros_;
};

/// The system's clock until it is set; then it stands still, or goes with the system again. Only a
/// server started with test doors has one.
class SettableClock final : public Clock {
 public:
  Instant Now() const override;
  void Set(Instant at) { micros_.store(at.micros); }
  void FollowSystem() { micros_.store(kFollowing); }

 private:
  static constexpr std::int64_t kFollowing = -1;
  std::atomic<std::int64_t> micros_{kFollowing};
};

/// Microseconds of a clock that never jumps; for durations only.
std::int64_t SteadyMicros();

}  // namespace outpost
