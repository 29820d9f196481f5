#include "domain/people/detail/back_off.h"

#include <algorithm>

namespace outpost::people::detail {

std::int64_t BackOff::CountAt(const Failures& failures, Instant now) const {
  const auto age = std::max<std::int64_t>(0, now - failures.last);
  return std::max<std::int64_t>(0, failures.count - age / rule_.forget_micros);
}

std::int64_t BackOff::PauseLeft(const MemoryKey& key, Instant now, bool is_strict) {
  constexpr std::int64_t kDoublingsMax = 20;
  const auto free_failures = is_strict ? rule_.free_failures_strict : rule_.free_failures;
  const auto failures = failures_.Find(key);
  if (!failures || failures->count <= free_failures) return 0;
  const auto doublings = std::min(failures->count - free_failures - 1, kDoublingsMax);
  const auto pause = std::min(rule_.pause_micros << doublings, rule_.pause_micros_max);
  // A clock that was set back must not stretch the pause.
  const auto age = std::max<std::int64_t>(0, now - failures->last);
  return std::max<std::int64_t>(0, pause - age);
}

std::int64_t BackOff::CountOf(const MemoryKey& key, Instant now) {
  const auto failures = failures_.Find(key);
  return failures ? CountAt(*failures, now) : 0;
}

bool BackOff::HasFailedWithin(const MemoryKey& key, Instant now, std::int64_t micros) {
  const auto failures = failures_.Find(key);
  return failures && now - failures->last <= micros;
}

void BackOff::Fail(const MemoryKey& key, Instant now) {
  const std::lock_guard lock(mutex_);
  auto failures = failures_.Find(key).value_or(Failures{});
  failures.count = CountAt(failures, now) + 1;
  failures.last = now;
  failures_.Put(key, failures);
}

}  // namespace outpost::people::detail
