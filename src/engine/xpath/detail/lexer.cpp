#include "engine/xpath/detail/lexer.h"

#include <locale.h>
#include <wctype.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

namespace outpost::xpath {
namespace {

using Kind = Token::Kind;

bool IsBlank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\f' || c == '\r'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// A code point and its length in bytes; length 0 where the text is no UTF-8.
struct Character {
  std::uint32_t code = 0;
  std::size_t length = 0;
};

Character CharacterAt(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return {first, at < text.size() ? std::size_t{1} : std::size_t{0}};
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0;
  if (length == 0 || first > 0xF4) return {};
  std::uint32_t code = first & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0u) != 0x80u) return {};
    code = (code << 6) | (byte(i) & 0x3Fu);
  }
  return {code, length};
}

/// Letters that have a case, of the first plane: what the reference takes for a letter.
bool IsCasedLetter(std::uint32_t code) {
  constexpr std::uint32_t kFirstPlaneEnd = 0x10000;
  static const locale_t unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  if (code < 0x80) return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z');
  if (code >= kFirstPlaneEnd || unicode == nullptr) return false;
  const auto wide = static_cast<wint_t>(code);
  return iswlower_l(wide, unicode) != 0 || iswupper_l(wide, unicode) != 0;
}

/// Whether an operand may end here, so that `*`, `and` and the like are operators.
bool EndsOperand(Kind kind) {
  switch (kind) {
    case Kind::kNumber:
    case Kind::kString:
    case Kind::kName:
    case Kind::kAny:
    case Kind::kAnyInPrefix:
    case Kind::kVariable:
    case Kind::kCloseBracket:
    case Kind::kCloseParenthesis:
    case Kind::kDot:
    case Kind::kTwoDots:
      return true;
    default:
      return false;
  }
}

struct Sign {
  std::string_view text;
  Kind kind;
  Operator op = Operator::kOr;
};
/// Longer ones first.
constexpr std::array kSigns{
    Sign{"!=", Kind::kOperator, Operator::kUnequal},
    Sign{"<=", Kind::kOperator, Operator::kLessOrEqual},
    Sign{">=", Kind::kOperator, Operator::kGreaterOrEqual},
    Sign{"//", Kind::kDoubleSlash},
    Sign{"..", Kind::kTwoDots},
    Sign{"::", Kind::kTwoColons},
    Sign{"=", Kind::kOperator, Operator::kEqual},
    Sign{"<", Kind::kOperator, Operator::kLess},
    Sign{">", Kind::kOperator, Operator::kGreater},
    Sign{"+", Kind::kOperator, Operator::kPlus},
    Sign{"-", Kind::kOperator, Operator::kMinus},
    Sign{"|", Kind::kOperator, Operator::kUnion},
    Sign{"/", Kind::kSlash},
    Sign{"[", Kind::kOpenBracket},
    Sign{"]", Kind::kCloseBracket},
    Sign{"(", Kind::kOpenParenthesis},
    Sign{")", Kind::kCloseParenthesis},
    Sign{".", Kind::kDot},
    Sign{"@", Kind::kAt},
    Sign{",", Kind::kComma},
};
constexpr std::array kWords{
    Sign{"and", Kind::kOperator, Operator::kAnd},
    Sign{"or", Kind::kOperator, Operator::kOr},
    Sign{"div", Kind::kOperator, Operator::kDivide},
    Sign{"mod", Kind::kOperator, Operator::kModulo},
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::vector<Token> Run() {
    for (SkipBlanks(); at_ < text_.size(); SkipBlanks()) Next();
    Add({Kind::kEnd}, 0);
    return std::move(tokens_);
  }

 private:
  void SkipBlanks() {
    while (at_ < text_.size() && IsBlank(text_[at_])) ++at_;
  }
  std::string_view Rest() const { return text_.substr(at_); }

  void Add(Token token, std::size_t length) {
    token.offset = static_cast<std::uint32_t>(at_);
    tokens_.push_back(token);
    at_ += length;
  }

  void Next() {
    const char c = text_[at_];
    const bool is_after_operand = !tokens_.empty() && EndsOperand(tokens_.back().kind);
    if (c == '*') {
      return Add({is_after_operand ? Kind::kOperator : Kind::kAny, Operator::kTimes}, 1);
    }
    if (c == '\'' || c == '"') return String(c);
    if (IsDigit(c) || (c == '.' && at_ + 1 < text_.size() && IsDigit(text_[at_ + 1]))) {
      return Number();
    }
    if (c == '$') return Variable();
    if (const auto* sign = Match(kSigns)) return Add({sign->kind, sign->op}, sign->text.size());
    if (is_after_operand) {
      const auto* word = Match(kWords);
      if (word == nullptr) Refuse();
      return Add({word->kind, word->op}, word->text.size());
    }
    Name();
  }

  template <std::size_t kCount>
  const Sign* Match(const std::array<Sign, kCount>& signs) const {
    const auto found = std::find_if(signs.begin(), signs.end(), [&](const Sign& sign) {
      return Rest().starts_with(sign.text);
    });
    return found == signs.end() ? nullptr : &*found;
  }

  void String(char quote) {
    const auto end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) Refuse();
    Token token{Kind::kString};
    token.text = text_.substr(at_ + 1, end - at_ - 1);
    Add(token, end + 1 - at_);
  }

  void Number() {
    auto end = at_;
    while (end < text_.size() && IsDigit(text_[end])) ++end;
    if (end < text_.size() && text_[end] == '.') ++end;
    while (end < text_.size() && IsDigit(text_[end])) ++end;
    Token token{Kind::kNumber};
    const auto result = std::from_chars(text_.data() + at_, text_.data() + end, token.number,
                                        std::chars_format::fixed);
    if (result.ec == std::errc::result_out_of_range) token.number = OutOfRange(end);
    Add(token, end - at_);
  }

  /// Numbers too large for a double are infinite, too small ones zero.
  double OutOfRange(std::size_t end) const {
    const auto whole = text_.substr(at_, text_.substr(at_, end - at_).find('.'));
    const bool is_large = whole.find_first_not_of("0") != std::string_view::npos &&
                          whole.find_first_not_of("0") < whole.find('.');
    return is_large ? std::numeric_limits<double>::infinity() : 0.0;
  }

  /// Length of the name without colon that begins at `from`; 0: there is none.
  std::size_t PlainName(std::size_t from) const {
    auto end = from;
    for (;;) {
      const auto next = CharacterAt(text_, end);
      const bool is_letter = next.code == '_' || IsCasedLetter(next.code);
      const bool is_other = next.code < 0x80 && (IsDigit(static_cast<char>(next.code)) ||
                                                 next.code == '-' || next.code == '.');
      if (next.length == 0 || !(is_letter || (is_other && end > from))) return end - from;
      end += next.length;
    }
  }

  /// Length of `a` or `a:b`. A double colon belongs to an axis.
  std::size_t QualifiedName(std::size_t from) const {
    const auto prefix = PlainName(from);
    if (prefix == 0 || text_.substr(from + prefix, 1) != ":") return prefix;
    const auto local = PlainName(from + prefix + 1);
    return local == 0 ? prefix : prefix + 1 + local;
  }

  void Variable() {
    const auto length = QualifiedName(at_ + 1);
    if (length == 0) Refuse();
    Token token{Kind::kVariable};
    token.text = text_.substr(at_ + 1, length);
    Add(token, length + 1);
  }

  void Name() {
    const auto length = QualifiedName(at_);
    if (length == 0) Refuse();
    Token token{Kind::kName};
    token.text = text_.substr(at_, length);
    if (text_.substr(at_ + length, 2) == ":*") {
      token.kind = Kind::kAnyInPrefix;
      return Add(token, length + 2);
    }
    Add(token, length);
  }

  [[noreturn]] void Refuse() const {
    constexpr std::size_t kShownBytesMax = 60;
    auto rest = Rest().substr(0, kShownBytesMax);
    if (rest.size() < Rest().size()) {
      while (!rest.empty() && (static_cast<unsigned char>(rest.back()) & 0x80u) != 0) {
        rest.remove_suffix(1);
      }
    }
    RefuseAt(text_, at_,
             "Couldn't understand the expression starting at this point: " + std::string(rest));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> Tokenize(std::string_view text) { return Lexer(text).Run(); }

void RefuseAt(std::string_view text, std::size_t offset, const std::string& told,
              ParseError::Reason reason) {
  const auto before = text.substr(0, offset);
  const auto line = std::count(before.begin(), before.end(), '\n');
  const auto start = before.rfind('\n');
  const auto column = start == std::string_view::npos ? offset : offset - start - 1;
  throw ParseError(reason, told,
                   {static_cast<std::uint32_t>(line) + 1, static_cast<std::uint32_t>(column) + 1},
                   offset);
}

}  // namespace outpost::xpath
