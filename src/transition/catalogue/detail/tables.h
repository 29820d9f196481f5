#pragma once

#include <span>

#include "transition/catalogue/item.h"

namespace outpost::transition::detail {

std::span<const Item> PlanningItems();  // phases 1 and 2
std::span<const Item> BuildingItems();  // phases 3 and 4
std::span<const Item> RunningItems();   // phases 5 and 6
std::span<const Item> ProposalItems();  // appendices

}  // namespace outpost::transition::detail
