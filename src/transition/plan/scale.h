#pragma once

#include "transition/plan/plan.h"
#include "transition/sizing/quick.h"

namespace outpost::plan {

/// What the scale and the topology of a plan ask of the sizing.
sizing::QuickQuestions QuestionsOf(const Plan& plan);

}  // namespace outpost::plan
