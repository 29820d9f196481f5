#include <cctype>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "crypto/passwords.h"

namespace {

// Work factors within the limits may still cost seconds; the fuzzer looks at parsing.
bool IsCheap(std::string_view stored) {
  constexpr std::size_t kDigitsMax = 4;
  std::size_t digits = 0;
  for (const char c : stored) {
    digits = std::isdigit(static_cast<unsigned char>(c)) != 0 ? digits + 1 : 0;
    if (digits > kDigitsMax) return false;
  }
  const auto bcrypt = stored.find("$2");
  return bcrypt == std::string_view::npos || stored.find("$04$", bcrypt) == bcrypt + 3;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view stored(reinterpret_cast<const char*>(data), size);
  if (size >= 4 && IsCheap(stored)) outpost::crypto::VerifyPassword(stored, "password");
  return 0;
}
