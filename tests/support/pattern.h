#pragma once

#include <string>

namespace outpost::tests {

/// Whether the whole text matches a POSIX extended pattern.
/// @throws std::invalid_argument when the pattern cannot be read
bool MatchesWhole(const std::string& text, const std::string& pattern);

}  // namespace outpost::tests
