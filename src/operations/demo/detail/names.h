#pragma once

#include <span>
#include <string_view>

#include "operations/demo/world.h"

/// Names as they are common where the demo workers live.
namespace outpost::demo::detail {

std::span<const std::string_view> WomensNames(Region region);
std::span<const std::string_view> MensNames(Region region);
std::span<const std::string_view> FamilyNames(Region region);

}  // namespace outpost::demo::detail
