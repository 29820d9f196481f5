#include <cstddef>
#include <cstdint>

#include "engine/xpath/parse.h"
#include "engine/xpath/references.h"

/// What parses can be visited and drawn; what does not says where.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const auto expression = outpost::xpath::Parse(text);
    outpost::xpath::InstanceIds(expression);
    outpost::xpath::VariableNames(expression);
    if (expression.height > outpost::xpath::kHeightMax) __builtin_trap();
    if (outpost::xpath::Render(expression).empty()) __builtin_trap();
  } catch (const outpost::xpath::ParseError& error) {
    if (error.offset() > size || error.position().line == 0) __builtin_trap();
  }
  return 0;
}
