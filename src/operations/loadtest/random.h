#pragma once

#include <array>
#include <cstdint>
#include <string>

/// A small generator whose sequence depends on the seed alone, on every machine, unlike the
/// distributions of the standard library.
namespace outpost::loadtest {

using Uuid = std::array<std::uint8_t, 16>;

/// "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx".
inline constexpr std::size_t kUuidCharacters = 36;
void AppendUuid(std::string& out, const Uuid& uuid);

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t Next();                      // splitmix64
  std::uint64_t Below(std::uint64_t bound);  // bound > 0
  bool OneIn(std::uint64_t times) { return Below(times) == 0; }
  Uuid NextUuid();

 private:
  std::uint64_t state_;
};

}  // namespace outpost::loadtest
