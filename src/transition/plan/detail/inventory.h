#pragma once

#include <string>
#include <string_view>

#include "transition/plan/environment.h"

namespace outpost::plan::detail {

inline constexpr int kInventoryLinesMax = 100'000;

/// Reads hosts, groups, children and variables of an Ansible inventory in INI form.
/// @throws Problem kMalformed with file and line; groups that contain themselves as well.
void ReadInventory(std::string_view text, const std::string& file, HqEnvironment* environment);

}  // namespace outpost::plan::detail
