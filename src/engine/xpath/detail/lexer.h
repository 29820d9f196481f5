#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/xpath/parse.h"

/// Text to tokens. Section 2.1. Private to this room.
namespace outpost::xpath {

struct Token {
  enum class Kind : std::uint8_t {
    kOperator,     // op
    kNumber,       // number
    kString,       // text: between the quotes
    kName,         // text: "a" or "a:b"
    kAny,          // *
    kAnyInPrefix,  // text: the prefix of a:*
    kVariable,     // text: without the dollar sign
    kSlash,
    kDoubleSlash,
    kOpenBracket,
    kCloseBracket,
    kOpenParenthesis,
    kCloseParenthesis,
    kDot,
    kTwoDots,
    kAt,
    kComma,
    kTwoColons,
    kEnd,
  };
  Kind kind = Kind::kEnd;
  Operator op = Operator::kOr;
  double number = 0;
  std::string_view text = {};
  std::uint32_t offset = 0;
};

/// Ends with one kEnd. @throws ParseError
std::vector<Token> Tokenize(std::string_view text);

[[noreturn]] void RefuseAt(std::string_view text, std::size_t offset, const std::string& told,
                           ParseError::Reason reason = ParseError::Reason::kSyntax);

}  // namespace outpost::xpath
