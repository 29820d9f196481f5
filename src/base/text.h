#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Small helpers on ASCII and UTF-8 text. All are pure.
namespace outpost {

std::string_view Trim(std::string_view text);  // blanks, tabs, line ends
std::string ToLower(std::string_view text);    // ASCII only
bool EqualsIgnoreCase(std::string_view a, std::string_view b);
std::vector<std::string_view> Split(std::string_view text, char separator);
std::optional<std::int64_t> ParseInt(std::string_view text);  // whole text, optional '-'

std::string HexOf(std::span<const std::uint8_t> bytes);  // lower-case
std::optional<std::vector<std::uint8_t>> BytesOfHex(std::string_view hex);

std::string Base64Of(std::string_view bytes);
/// Standard alphabet, padding required. Empty result optional when malformed.
std::optional<std::string> BytesOfBase64(std::string_view text);

/// Decodes %XX; with plus_is_blank also '+'. A stray '%' stays as it is.
std::string PercentDecode(std::string_view text, bool plus_is_blank = false);
/// Encodes everything outside A-Z a-z 0-9 - . _ ~
std::string PercentEncode(std::string_view text);

/// Escapes & < > " ' for XML text and attributes and for HTML.
std::string EscapeMarkup(std::string_view text);

bool IsValidUtf8(std::string_view text);
/// Code points of UTF-8 text: what limits in "characters" count.
std::size_t CountCharacters(std::string_view utf8);
/// The text cut to so many code points.
std::string_view FirstCharacters(std::string_view utf8, std::size_t characters_max);

/// The candidate with the smallest edit distance to `word`, if it is at most 3 and less than half
/// of the word's length: for "did you mean".
std::optional<std::string> NearestWord(std::string_view word,
                                       std::span<const std::string_view> candidates);

inline std::span<const std::uint8_t> AsBytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace outpost
