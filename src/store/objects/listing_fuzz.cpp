#include <cstddef>
#include <cstdint>

#include "base/problem.h"
#include "store/objects/listing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  outpost::objects::ReadErrorWords(text);
  try {
    for (const auto& object : outpost::objects::ReadListPage(text).objects) {
      if (object.key.empty() || object.bytes < 0) __builtin_trap();
    }
  } catch (const outpost::Problem& problem) {
    if (problem.kind() != outpost::ProblemKind::kMalformed) __builtin_trap();
  }
  return 0;
}
