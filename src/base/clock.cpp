#include "base/clock.h"

#include <chrono>

namespace outpost {

Instant SystemClock::Now() const {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::microseconds>(since).count()};
}

Instant SettableClock::Now() const {
  const std::int64_t micros = micros_.load();
  return micros == kFollowing ? SystemClock().Now() : Instant{micros};
}

std::int64_t SteadyMicros() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
}

}  // namespace outpost
