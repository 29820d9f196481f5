#include "base/storable_text.h"

#include <string_view>

#include "base/text.h"

namespace outpost {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

/// The character that begins at `at`; empty when none does.
std::string_view CharacterAt(std::string_view text, std::size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0x80 ? 2 : 1;
  const auto character = text.substr(at, length);
  return first == 0 || !IsValidUtf8(character) ? std::string_view() : character;
}

}  // namespace

std::string StorableText(std::string text) {
  if (text.find('\0') == std::string::npos && IsValidUtf8(text)) return text;
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto character = CharacterAt(text, at);
    out += character.empty() ? kReplacement : character;
    at += character.empty() ? 1 : character.size();
  }
  return out;
}

}  // namespace outpost
