#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/suite/place.h"

/// Strings files ({language}/app_strings.txt): UTF-8 lines key=value. Section 7.
namespace outpost::suite {

/// Key to value, values unescaped.
using Strings = std::map<std::string, std::string, std::less<>>;

/// Never fails: a line that is no string is skipped, and told in findings (may be null) unless it
/// is blank or a comment. Of a key that stands twice the later value is taken.
/// @param file named in findings
Strings ReadStrings(std::string_view text, std::string_view file,
                    std::vector<Finding>* findings = nullptr);

/// Lines in the order of the keys, ended by line feeds. Empty values are left out, carriage
/// returns dropped.
std::string RenderStrings(const Strings& strings);

/// ${n} with n in range is the n-th argument; ${name} takes the next one in sequence; what has no
/// argument left stays as it is.
std::string FillArguments(std::string_view text, std::span<const std::string> arguments);

}  // namespace outpost::suite
