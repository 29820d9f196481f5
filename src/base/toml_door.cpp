#include "base/toml_door.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/problem.h"
#include "base/text.h"

namespace outpost {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80; }

/// Where the byte at `at` stands.
Position PlaceOf(std::string_view text, std::size_t at) {
  const auto before = text.substr(0, at);
  const auto line_start = before.rfind('\n') == before.npos ? 0 : before.rfind('\n') + 1;
  const auto on_line = before.substr(line_start);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const auto characters =
      std::count_if(on_line.begin(), on_line.end(), [](char c) { return !IsContinuation(c); });
  return {static_cast<std::uint32_t>(lines + 1), static_cast<std::uint32_t>(characters + 1)};
}

[[noreturn]] void Refuse(std::string_view text, std::size_t at, const std::string& what) {
  throw Problem("This is not TOML: " + what, PlaceOf(text, at));
}

/// Bytes of the character that `lead` begins; 0 when it begins none.
std::size_t LengthOf(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  if (byte < 0x80) return 1;
  if (byte < 0xC2 || byte > 0xF4) return 0;
  return byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

void RefuseBytes(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto length = LengthOf(text[i]);
    if (length == 0 || i + length > text.size() || !IsValidUtf8(text.substr(i, length))) {
      Refuse(text, i, "bytes that are not UTF-8. Save the file in that encoding.");
    }
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool is_line_end = byte == '\n' || (byte == '\r' && text.substr(i + 1, 1) == "\n");
    if ((byte < ' ' && byte != '\t' && !is_line_end) || byte == 0x7F) {
      Refuse(text, i, "a control character.");
    }
    i += length;
  }
}

bool IsBeyondAscii(char c) { return static_cast<unsigned char>(c) >= 0x80; }

/// Reads a file once, from the start, and knows where a key or a value may begin: only there a
/// quote begins a text. In the middle of a word the library goes on reading the word through it.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  /// Where characters begin that have to be escaped, in order.
  std::vector<std::size_t> Scan() {
    std::size_t i = text_.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
    while (i < text_.size()) {
      const char c = text_[i];
      if (c == '"' || c == '\'') {
        if (is_in_word_) Refuse(text_, i, "a quote inside of a word.");
        i = SkipQuoted(i);
        is_in_word_ = true;
      } else if (c == '#') {
        i = std::min(text_.find('\n', i), text_.size());
      } else if (IsBeyondAscii(c)) {
        Refuse(text_, i, "only texts in quotes may have letters beyond ASCII.");
      } else {
        is_value_ ? InValue(c) : InKey(c);
        ++i;
      }
    }
    return std::move(to_escape_);
  }

 private:
  void InKey(char c) {
    constexpr std::string_view kBetween = " \t\n.,[";
    is_in_word_ = kBetween.find(c) == kBetween.npos;
    if (c == '=') Begin(true);
    if (c == '}' && !open_.empty()) Close();
  }

  void InValue(char c) {
    if ((c == '[' || c == '{') && !is_in_word_) {
      open_.push_back(c);
      return Begin(c == '[');
    }
    if ((c == ']' || c == '}') && !open_.empty()) return Close();
    if (c == ',' && !open_.empty()) return Begin(open_.back() == '[');
    if (c == '\n' && open_.empty()) return Begin(false);
    is_in_word_ = c != ' ' && c != '\t' && c != '\n' && c != ',';
  }

  /// A value may come next, or else a key.
  void Begin(bool is_value) {
    is_value_ = is_value;
    is_in_word_ = false;
  }

  /// A list or an inline table ends; what stands right behind it begins no word.
  void Close() {
    open_.pop_back();
    is_value_ = true;
    is_in_word_ = true;
  }

  /// One past the end of the text in quotes that begins at `at`.
  std::size_t SkipQuoted(std::size_t at) {
    const char quote = text_[at];
    const std::string three(3, quote);
    const bool is_long = text_.substr(at, 3) == three;
    std::size_t i = at + (is_long ? 3 : 1);
    while (i < text_.size()) {
      if (text_[i] == '\\' && quote == '"') {
        i = SkipEscape(i, is_long);
      } else if (is_long && text_.substr(i, 3) == three) {
        // The text itself may end with one or two quotes.
        const auto end = std::min(text_.find_first_not_of(quote, i), text_.size());
        return std::min(end, i + 5);
      } else if (!is_long && text_[i] == quote) {
        return i + 1;
      } else if (!is_long && text_[i] == '\n') {
        break;
      } else {
        ++i;
      }
    }
    Refuse(text_, at, "a text in quotes that does not end.");
  }

  /// One past the backslash at `at` and what it escapes; a line end with all blanks and line ends
  /// behind it counts as that.
  std::size_t SkipEscape(std::size_t at, bool is_long) {
    constexpr std::string_view kBlanks = " \t\r\n";
    const auto next = at + 1;
    if (next >= text_.size()) return next;
    if (IsBeyondAscii(text_[next])) {
      Refuse(text_, at, "a backslash before a letter that it does not go with.");
    }
    if (!is_long || kBlanks.find(text_[next]) == kBlanks.npos) return next + 1;
    const auto goes_on = std::min(text_.find_first_not_of(kBlanks, next), text_.size());
    if (goes_on < text_.size() && IsBeyondAscii(text_[goes_on])) to_escape_.push_back(goes_on);
    return goes_on;
  }

  std::string_view text_;
  bool is_value_ = false;
  bool is_in_word_ = false;
  std::string open_;  // lists and inline tables around
  std::vector<std::size_t> to_escape_;
};

/// "\U000000E9" for the character, which is valid UTF-8 beyond ASCII.
std::string EscapeOf(std::string_view character) {
  std::uint32_t code = static_cast<unsigned char>(character[0]) & (0x7FU >> character.size());
  for (const char c : character.substr(1)) {
    code = (code << 6) | (static_cast<unsigned char>(c) & 0x3FU);
  }
  return fmt::format("\\U{:08X}", code);
}

}  // namespace

std::string HarmlessToml(std::string_view text) {
  if (text.size() > kTomlBytesMax) {
    throw Problem(ProblemKind::kTooLarge, "The TOML file is larger than 2 MB.");
  }
  RefuseBytes(text);
  std::string harmless;
  std::size_t copied = 0;
  for (const auto at : Scanner(text).Scan()) {
    const auto length = LengthOf(text[at]);
    harmless += text.substr(copied, at - copied);
    harmless += EscapeOf(text.substr(at, length));
    copied = at + length;
  }
  harmless += text.substr(copied);
  return harmless;
}

}  // namespace outpost
