#pragma once

#include "format/tree/map_reader.h"
#include "transition/plan/plan.h"

namespace outpost::plan::detail {

/// Reads all tables of a plan file. Judgements over several tables are the caller's.
void ReadParts(tree::MapReader& reader, Plan* plan);

}  // namespace outpost::plan::detail
