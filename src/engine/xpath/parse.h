#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/problem.h"
#include "engine/xpath/expression.h"

/// Text to expression. Cost: linear in the length of the text.
namespace outpost::xpath {

inline constexpr std::size_t kLengthMax = 256 << 10;  // bytes of one expression
inline constexpr std::size_t kNestingMax = 200;       // open brackets, parentheses, minus signs
inline constexpr std::size_t kHeightMax = 2'000;  // levels of the tree; a chain a + b + c has two
inline constexpr std::size_t kNodesMax = 50'000;  // expressions and steps of one tree

class ParseError : public Problem {
 public:
  enum class Reason : std::uint8_t { kSyntax, kArity, kLimit };
  /// @param offset in bytes from 0
  ParseError(Reason reason, const std::string& told, Position position, std::size_t offset)
      : Problem(told, position), reason_(reason), offset_(offset) {}

  Reason reason() const noexcept { return reason_; }
  std::size_t offset() const noexcept { return offset_; }

 private:
  Reason reason_;
  std::size_t offset_;
};

/// @param text UTF-8
/// @throws ParseError, a Problem of kMalformed whose position is that in the text. Functions that
///         are known must have the right number of arguments; unknown ones parse.
Expression Parse(std::string_view text);

}  // namespace outpost::xpath
