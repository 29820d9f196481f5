#include "support/pattern.h"

#include <regex.h>

#include <stdexcept>

namespace outpost::tests {

// <regex> costs seconds for each file that uses it, and GCC 12 warns inside it under sanitizers.
bool MatchesWhole(const std::string& text, const std::string& pattern) {
  regex_t compiled;
  if (::regcomp(&compiled, ("^(" + pattern + ")$").c_str(), REG_EXTENDED | REG_NOSUB) != 0) {
    throw std::invalid_argument("not a pattern: " + pattern);
  }
  const bool is_match = ::regexec(&compiled, text.c_str(), 0, nullptr, 0) == 0;
  ::regfree(&compiled);
  return is_match;
}

}  // namespace outpost::tests
