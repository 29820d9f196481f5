#include "base/seeded_random.h"

namespace outpost {

std::uint64_t SeededRandom::Next() {
  state_ += 0x9e3779b97f4a7c15ULL;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

std::uint64_t SeededRandom::Below(std::uint64_t bound) {
  // The bias of the remainder is below 2^-40 for the bounds in use.
  return (Next() >> 8) % bound;
}

Uuid SeededRandom::NextUuid() {
  Uuid uuid{};
  for (std::size_t half = 0; half < 2; ++half) {
    const auto bits = Next();
    for (std::size_t i = 0; i < 8; ++i) {
      uuid[half * 8 + i] = static_cast<std::uint8_t>(bits >> (8 * i));
    }
  }
  uuid[6] = static_cast<std::uint8_t>((uuid[6] & 0x0f) | 0x40);
  uuid[8] = static_cast<std::uint8_t>((uuid[8] & 0x3f) | 0x80);
  return uuid;
}

void AppendUuid(std::string& out, const Uuid& uuid) {
  constexpr char kHex[] = "0123456789abcdef";
  for (std::size_t i = 0; i < uuid.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    out += kHex[uuid[i] >> 4];
    out += kHex[uuid[i] & 15];
  }
}

std::string TextOf(const Uuid& uuid) {
  std::string text;
  text.reserve(kUuidCharacters);
  AppendUuid(text, uuid);
  return text;
}

}  // namespace outpost
