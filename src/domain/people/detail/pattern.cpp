#include "domain/people/detail/pattern.h"

// libstdc++ 12 moves a union that has no function in it yet; with sanitizers g++ takes that for a
// read of something uninitialised.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include <optional>
#include <regex>

namespace outpost::people::detail {
namespace {

std::optional<std::regex> Compiled(const std::string& pattern) {
  try {
    return std::regex(pattern, std::regex::ECMAScript | std::regex_constants::__polynomial);
  } catch (const std::regex_error&) {
    return std::nullopt;
  }
}

}  // namespace

bool IsPattern(const std::string& pattern) { return Compiled(pattern).has_value(); }

bool IsFound(const std::string& pattern, const std::string& value) {
  const auto compiled = Compiled(pattern);
  return compiled && std::regex_search(value, *compiled);
}

}  // namespace outpost::people::detail
