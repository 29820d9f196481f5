#include "engine/xpath/detail/arity.h"

#include <algorithm>
#include <array>
#include <limits>

namespace outpost::xpath {
namespace {

constexpr std::size_t kAny = std::numeric_limits<std::size_t>::max();

struct Arity {
  std::string_view name;
  std::size_t min = 0;
  std::size_t max = 0;
  std::string_view told;  // empty: the number is told
  bool is_even = false;
};

/// By name.
constexpr std::array kArities{
    Arity{"abs", 1, 1, ""},
    Arity{"acos", 1, 1, ""},
    Arity{"asin", 1, 1, ""},
    Arity{"atan", 1, 1, ""},
    Arity{"atan2", 2, 2, ""},
    Arity{"boolean", 1, 1, ""},
    Arity{"boolean-from-string", 1, 1, ""},
    Arity{"ceiling", 1, 1, ""},
    Arity{"checklist", 2, kAny, "two or more arguments"},
    Arity{"checksum", 2, 2, ""},
    Arity{"closest-point-on-polygon", 2, 2, ""},
    Arity{"coalesce", 1, kAny, "1 or more arguments"},
    Arity{"contains", 2, 2, ""},
    Arity{"cos", 1, 1, ""},
    Arity{"count", 1, 1, ""},
    Arity{"count-selected", 1, 1, ""},
    Arity{"date", 1, 1, ""},
    Arity{"decrypt-string", 3, 3, ""},
    Arity{"depend", 1, kAny, "at least one argument"},
    Arity{"distance", 2, 2, ""},
    Arity{"distinct-values", 1, 1, ""},
    Arity{"double", 1, 1, ""},
    Arity{"encrypt-string", 3, 3, ""},
    Arity{"ends-with", 2, 2, ""},
    Arity{"exp", 1, 1, ""},
    Arity{"false", 0, 0, ""},
    Arity{"floor", 1, 1, ""},
    Arity{"format-date", 2, 2, ""},
    Arity{"format-date-for-calendar", 3, 3, ""},
    Arity{"id-compress", 5, 5, ""},
    Arity{"index-of", 2, 2, ""},
    Arity{"int", 1, 1, ""},
    Arity{"is-point-inside-polygon", 2, 2, ""},
    Arity{"is-selected", 2, 2, ""},
    Arity{"join", 1, kAny, "at least one argument"},
    Arity{"join-chunked", 3, kAny, "at least three arguments"},
    Arity{"json-property", 2, 2, ""},
    Arity{"log", 1, 1, ""},
    Arity{"log10", 1, 1, ""},
    Arity{"lower-case", 1, 1, ""},
    Arity{"max", 1, kAny, "at least one argument"},
    Arity{"min", 1, kAny, "at least one argument"},
    Arity{"not", 1, 1, ""},
    Arity{"now", 0, 0, ""},
    Arity{"number", 1, 1, ""},
    Arity{"pi", 0, 0, ""},
    Arity{"position", 0, 1, "0 or one arguments"},
    Arity{"pow", 2, 2, ""},
    Arity{"random", 0, 0, ""},
    Arity{"regex", 2, 2, ""},
    Arity{"replace", 3, 3, ""},
    Arity{"round", 1, 1, ""},
    Arity{"selected", 2, 2, ""},
    Arity{"selected-at", 2, 2, ""},
    Arity{"sin", 1, 1, ""},
    Arity{"sleep", 2, 2, ""},
    Arity{"sort", 1, 2, "1 or 2 arguments"},
    Arity{"sort-by", 2, 3, "2 or 3 arguments"},
    Arity{"sqrt", 1, 1, ""},
    Arity{"starts-with", 2, 2, ""},
    Arity{"string", 1, 1, ""},
    Arity{"string-length", 1, 1, ""},
    Arity{"substr", 2, 3, "two or three arguments"},
    Arity{"substring-after", 2, 2, ""},
    Arity{"substring-before", 2, 2, ""},
    Arity{"sum", 1, 1, ""},
    Arity{"tan", 1, 1, ""},
    Arity{"today", 0, 0, ""},
    Arity{"translate", 3, 3, ""},
    Arity{"true", 0, 0, ""},
    Arity{"upper-case", 1, 1, ""},
    Arity{"uuid", 0, 1, "0 or one arguments"},
    Arity{"weighted-checklist", 2, kAny, "an even number of arguments", true},
};

std::optional<std::string> CondComplaint(std::size_t arguments) {
  if (arguments < 3) {
    return "cond() function requires at least 3 arguments. " + std::to_string(arguments) +
           " arguments provided.";
  }
  if (arguments % 2 != 0) return std::nullopt;
  return "cond() function requires an odd number of arguments. " + std::to_string(arguments) +
         " arguments provided.";
}

}  // namespace

std::optional<std::string> ArityComplaint(std::string_view function, std::size_t arguments) {
  if (function == "cond") return CondComplaint(arguments);
  if (function == "if") {
    if (arguments == 3) return std::nullopt;
    return "if() function requires 3 arguments but " + std::to_string(arguments) + " are present.";
  }
  const auto found =
      std::lower_bound(kArities.begin(), kArities.end(), function,
                       [](const Arity& arity, std::string_view name) { return arity.name < name; });
  if (found == kArities.end() || found->name != function) return std::nullopt;
  const bool is_right =
      arguments >= found->min && arguments <= found->max && !(found->is_even && arguments % 2 != 0);
  if (is_right) return std::nullopt;
  const auto expected =
      found->told.empty() ? std::to_string(found->min) + " arguments" : std::string(found->told);
  return "The \"" + std::string(function) +
         "\" function was provided the incorrect number of arguments:" + std::to_string(arguments) +
         ". It expected " + expected + ".";
}

}  // namespace outpost::xpath
