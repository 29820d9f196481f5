#include <cstddef>
#include <cstdint>
#include <string_view>

#include "format/tree/tree.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    outpost::tree::ReadToml({reinterpret_cast<const char*>(data), size});
  } catch (const outpost::Problem&) {
    return 0;
  }
  return 0;
}
