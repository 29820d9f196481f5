#include "insight/search/detail/token_text.h"

#include <cstdint>

namespace outpost::search::detail {
namespace {

constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuv";
constexpr int kDigitBits = 5;
constexpr int kTokenBits = 40;

void AppendWord(std::string& out, Token token) {
  for (int shift = kTokenBits - kDigitBits; shift >= 0; shift -= kDigitBits) {
    out += kDigits[(token >> shift) & (kDigits.size() - 1)];
  }
}

void AppendAll(std::string& out, std::span<const Token> tokens) {
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (i > 0) out += " AND ";
    AppendWord(out, tokens[i]);
  }
}

}  // namespace

std::string TextOf(sql::Engine engine, std::span<const Token> tokens) {
  std::string out;
  if (engine == sql::Engine::kSqlite) {
    for (const auto token : tokens) {
      if (!out.empty()) out += ' ';
      AppendWord(out, token);
    }
    return out;
  }
  out += '{';
  for (const auto token : tokens) {
    if (out.size() > 1) out += ',';
    out += std::to_string(static_cast<std::int32_t>(static_cast<std::uint32_t>(token)));
  }
  return out + '}';
}

std::string MatchOf(const std::vector<TokenSets>& required) {
  std::string out;
  for (const auto& sets : required) {
    if (!out.empty()) out += " AND ";
    out += '(';
    for (std::size_t i = 0; i < sets.size(); ++i) {
      out += i > 0 ? " OR (" : "(";
      AppendAll(out, sets[i]);
      out += ')';
    }
    out += ')';
  }
  return out;
}

}  // namespace outpost::search::detail
