#pragma once

#include <optional>

#include "engine/suite/detail/node.h"
#include "engine/suite/text.h"

/// Section 17.2.
namespace outpost::suite {

/// What stands in a <text>, an <id>, an <argument> or a <variable>.
Text ReadTextBody(const Node& node);
/// The <text> in an element that must have one.
Text ReadChildText(const Node& parent);
std::optional<Text> FindChildText(const Node& parent);

Display ReadDisplay(const Node& display);
/// The label of a menu, command or action: its <text> or its <display>, which then must have one.
/// None where there is neither.
std::optional<Display> FindLabel(const Node& owner);

}  // namespace outpost::suite
