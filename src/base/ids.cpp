#include "base/ids.h"

#include <sys/random.h>

#include <array>

#include "base/problem.h"
#include "base/text.h"

namespace outpost {
namespace {

std::string RandomUuidHex() {
  std::array<std::uint8_t, 16> bytes{};
  FillRandom(bytes);
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
  return HexOf(bytes);
}

}  // namespace

void FillRandom(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const ssize_t got = getrandom(out.data(), out.size(), 0);
    if (got > 0) out = out.subspan(static_cast<std::size_t>(got));
  }
}

std::string NewHexId() { return RandomUuidHex(); }

std::string NewUuid() {
  std::string id = RandomUuidHex();
  for (const std::size_t at : {8U, 13U, 18U, 23U}) id.insert(at, 1, '-');
  return id;
}

}  // namespace outpost
