#include "transition/plan/detail/example_text.h"
#include "transition/plan/plan.h"

namespace outpost::plan {

std::string_view ExamplePlan() { return detail::kExampleText; }

}  // namespace outpost::plan
