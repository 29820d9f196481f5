#include <cstddef>
#include <cstdint>
#include <string_view>

#include "transition/sizing/evaluate.h"
#include "transition/sizing/read_config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    outpost::sizing::EvaluateAll(outpost::sizing::ReadConfig(text, "input"), {});
  } catch (const outpost::Problem&) {
    return 0;
  }
  return 0;
}
