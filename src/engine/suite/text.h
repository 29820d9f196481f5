#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/suite/place.h"
#include "engine/xpath/expression.h"

/// Texts that an app shows: literal, from the strings files, or computed. Section 17.2.
namespace outpost::suite {

/// An expression. Suites whose expressions do not parse are refused on reading.
struct Xpath {
  std::string text;                                 // as it is written
  std::shared_ptr<const xpath::Expression> parsed;  // never null in what was read
  Place place;
};

struct TextPart;

/// The parts one after another, without separators; none is the empty text.
struct Text {
  std::vector<TextPart> parts;
  Place place;
};

struct TextVariable {
  std::string name;  // without the dollar sign
  Text value;
};

struct TextPart {
  enum class Kind : std::uint8_t { kLiteral, kLocale, kXpath };
  Kind kind = Kind::kLiteral;
  std::string text;             // kLiteral: trimmed; kLocale: the id, empty where it is computed
  std::optional<Text> id;       // kLocale whose id is computed
  std::vector<Text> arguments;  // kLocale: ${0}, ${1}, …
  Xpath function;               // kXpath
  std::vector<TextVariable> variables;  // kXpath
  Place place;
};

/// How a command, an entry, a menu or a prompt shows itself.
struct Display {
  std::optional<Text> label, image, audio, badge, hint;
  Place place;
};

/// More arguments than a string's ${n} or parts than a composite text may have in clients.
inline constexpr std::size_t kTextArgumentsMax = 10;
inline constexpr std::size_t kTextPartsMax = 10;

}  // namespace outpost::suite
