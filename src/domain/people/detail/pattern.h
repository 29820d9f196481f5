#pragma once

#include <string>

namespace outpost::people::detail {

/// Regular expressions that administrators write for values (ECMAScript without back-references).
/// The time they take is bounded by pattern times value, and they do not use up the stack.
bool IsPattern(const std::string& pattern);
/// Whether it is found anywhere in the value. False when it is no pattern.
bool IsFound(const std::string& pattern, const std::string& value);

}  // namespace outpost::people::detail
