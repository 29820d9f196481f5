#pragma once

#include <array>
#include <cstdint>
#include <string>

/// Numbers that depend on a seed alone, on every machine, unlike the distributions of the standard
/// library: for generated data and tests. Never for secrets: those come from base/ids.h.
namespace outpost {

using Uuid = std::array<std::uint8_t, 16>;

/// "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx".
inline constexpr std::size_t kUuidCharacters = 36;
void AppendUuid(std::string& out, const Uuid& uuid);
std::string TextOf(const Uuid& uuid);

class SeededRandom {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}

  std::uint64_t Next();                      // splitmix64
  std::uint64_t Below(std::uint64_t bound);  // bound > 0
  bool OneIn(std::uint64_t times) { return Below(times) == 0; }
  Uuid NextUuid();

 private:
  std::uint64_t state_;
};

}  // namespace outpost
