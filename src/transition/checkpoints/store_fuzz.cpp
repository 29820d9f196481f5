#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/problem.h"
#include "transition/checkpoints/store.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    outpost::transition::ReadTracker({reinterpret_cast<const char*>(data), size});
  } catch (const outpost::Problem&) {
    return 0;
  }
  return 0;
}
