#pragma once

#include <cstdint>
#include <mutex>

#include "base/instant.h"
#include "domain/people/detail/generation_map.h"

namespace outpost::people::detail {

/// When a key (an account, an address) may try a new credential again after wrong ones.
struct BackOffRule {
  int free_failures = 0;           // without a pause
  int free_failures_strict = 0;    // the same for an asker with a bad reputation
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
  std::int64_t PauseLeft(const MemoryKey& key, Instant now, bool is_strict = false);
  /// Failures that are not forgotten yet.
  std::int64_t CountOf(const MemoryKey& key, Instant now);
  /// Whether the last failure, forgotten or not, is no older than this.
  bool HasFailedWithin(const MemoryKey& key, Instant now, std::int64_t micros);
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
