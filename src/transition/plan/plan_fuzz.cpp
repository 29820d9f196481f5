#include <cstddef>
#include <cstdint>
#include <string_view>

#include "transition/plan/configuration.h"
#include "transition/plan/diagram.h"
#include "transition/plan/plan.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto plan = outpost::plan::ReadPlan({reinterpret_cast<const char*>(data), size}, "input");
    outpost::plan::ArchitectureSvg(plan);
    for (const auto& environment : plan.environments) {
      outpost::plan::ConfigurationOf(plan, environment, {});
    }
  } catch (const outpost::Problem&) {
    return 0;
  }
  return 0;
}
