#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// How many arguments functions take. Sections 2.3 and 5. Private to this room.
namespace outpost::xpath {

/// What is wrong with a call of a known function; none: nothing, or the function is unknown.
std::optional<std::string> ArityComplaint(std::string_view function, std::size_t arguments);

}  // namespace outpost::xpath
