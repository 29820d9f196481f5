#include "domain/people/detail/back_off.h"

#include <algorithm>

namespace outpost::people::detail {

std::int64_t BackOff::CountAt(const Failures& failures, Instant now) const {
  const auto age = std::max<std::int64_t>(0, now - failures.last);
  return std::max<std::int64_t>(0, failures.count - age / rule_.forget_micros);
}

std::int64_t BackOff::PauseLeft(const MemoryKey& key, Instant now) {
  constexpr std::int64_t kDoublingsMax = 20;
  const auto failures = failures_.Find(key);
  if (!failures || failures->count <= rule_.free_failures) return 0;
  const auto doublings = std::min(failures->count - rule_.free_failures - 1, kDoublingsMax);
  const auto pause = std::min(rule_.pause_micros << doublings, rule_.pause_micros_max);
  // A clock that was set back must not stretch the pause.
  const auto age = std::max<std::int64_t>(0, now - failures->last);
  return std::max<std::int64_t>(0, pause - age);
}

void BackOff::Fail(const MemoryKey& key, Instant now) {
  const std::lock_guard lock(mutex_);
  auto failures = failures_.Find(key).value_or(Failures{});
  failures.count = CountAt(failures, now) + 1;
  failures.last = now;
  failures_.Put(key, failures);
}

}  // namespace outpost::people::detail
