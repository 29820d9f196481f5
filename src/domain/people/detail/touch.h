#pragma once

#include <cstdint>
#include <string>

#include "base/instant.h"
#include "domain/people/detail/generation_map.h"
#include "store/sql/writer.h"

namespace outpost::people::detail {

/// Notes that a key or session was used, outside the request that used it. Best effort: when the
/// writer has no room the next use tries again. Threads: any.
class Toucher {
 public:
  explicit Toucher(sql::Writer& writer) : writer_(writer), touched_(kKeysMax) {}

  /// At most once in `pause_micros` per key.
  void TouchApiKey(std::int64_t row, Instant now, std::int64_t pause_micros);
  void ExtendSession(std::string token_hash, Instant expires_on);

 private:
  static constexpr std::size_t kKeysMax = 10'000;

  sql::Writer& writer_;
  GenerationMap<Instant> touched_;
};

}  // namespace outpost::people::detail
