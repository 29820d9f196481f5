#pragma once

#include <cstdint>
#include <mutex>

#include "base/instant.h"
#include "domain/people/detail/generation_map.h"

namespace outpost::people::detail {

/// When a key (an account, an address) may try a new credential again after wrong ones.
struct BackOffRule {
  int free_failures = 0;           // without a pause
  std::int64_t forget_micros = 0;  // one failure is forgotten in this time
  std::int64_t pause_micros = 0;   // after the first failure that is not free; doubles
  std::int64_t pause_micros_max = 0;
  std::size_t keys_max = 0;
};

/// Growing, capped pauses. Threads: any.
class BackOff {
 public:
  explicit BackOff(const BackOffRule& rule) : rule_(rule), failures_(rule.keys_max) {}

  /// Microseconds left of the pause of this key; 0 when it may try.
  std::int64_t PauseLeft(const MemoryKey& key, Instant now);
  void Fail(const MemoryKey& key, Instant now);
  void Succeed(const MemoryKey& key) { failures_.Erase(key); }

 private:
  struct Failures {
    std::int64_t count = 0;
    Instant last;
  };
  std::int64_t CountAt(const Failures& failures, Instant now) const;

  const BackOffRule rule_;
  std::mutex mutex_;  // Fail reads, then writes
  GenerationMap<Failures> failures_;
};

}  // namespace outpost::people::detail
