#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/problem.h"
#include "services/web/apps/questions.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    outpost::web::ReadFormOutline({reinterpret_cast<const char*>(data), size}, "en");
  } catch (const outpost::Problem&) {
  }
  return 0;
}
