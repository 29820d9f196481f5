#pragma once

#include <string>

#include "transition/plan/plan.h"

namespace outpost::plan {

/// The drawing of checkpoint C1.1 as an <svg> document: phones and people on the left, each
/// environment with its sites and machines in the middle, the systems that it talks to on the
/// right, with the direction and protocol of every connection. No outside fonts or files.
std::string ArchitectureSvg(const Plan& plan);

}  // namespace outpost::plan
