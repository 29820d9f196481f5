#include "base/pacer.h"

#include <algorithm>

#include "base/instant.h"

namespace outpost {

std::int64_t Pacer::Reserve(std::int64_t bytes, std::int64_t now_micros) {
  if (bytes_per_second_ <= 0) return 0;
  const auto rate =
      lent_.load() > 0 ? std::max<std::int64_t>(1, bytes_per_second_ / 2) : bytes_per_second_;
  const std::lock_guard lock(mutex_);
  const auto begins_at = std::max(free_at_, now_micros);
  free_at_ = begins_at + bytes * kMicrosPerSecond / rate;
  return begins_at - now_micros;
}

}  // namespace outpost
