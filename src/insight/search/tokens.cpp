#include "insight/search/tokens.h"

#include <algorithm>

#include "base/text.h"
#include "insight/search/detail/leaves.h"

namespace outpost::search {
namespace {

constexpr Token kTokenMask = (Token{1} << 40) - 1;

/// Kinds of things that are hashed.
constexpr char kOfValue = 'v';
constexpr char kOfWord = 'w';
constexpr char kOfPart = 'p';
constexpr char kOfTerm = 't';

class Tokens {
 public:
  explicit Tokens(const TokenSource& source) : source_(source) {
    subject_ = source.subject == Subject::kForms ? 'f' : 'c';
  }

  Token OfValue(std::string_view path, std::string_view value) {
    // A property of a case stands in its document twice; one token serves both.
    constexpr auto kProperties = detail::kProperties;
    const bool is_twice = source_.subject == Subject::kCases && path.starts_with(kProperties);
    Begin(kOfValue);
    keyed_ += is_twice ? path.substr(kProperties.size()) : path;
    keyed_ += '\0';
    return Lowered(value);
  }
  Token OfWord(std::string_view word) {
    Begin(kOfWord);
    return Lowered(word);
  }
  Token OfPart(std::string_view three) {
    Begin(kOfPart);
    return Lowered(three);
  }
  Token OfTerm(std::int64_t term) {
    Begin(kOfTerm);
    keyed_ += std::to_string(term);
    return Hash();
  }

 private:
  void Begin(char kind) {
    keyed_.clear();
    keyed_ += subject_;
    keyed_ += kind;
  }
  Token Lowered(std::string_view text) {
    for (const char c : text) keyed_ += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return Hash();
  }
  Token Hash() const {
    return static_cast<Token>(source_.database.HashOf(source_.project, keyed_)) & kTokenMask;
  }

  const TokenSource& source_;
  char subject_ = 'f';
  std::string keyed_;
};

void AddParts(Tokens& tokens, std::string_view text, std::vector<Token>& out) {
  for (std::size_t at = 0; at + kPartBytesMin <= text.size(); ++at) {
    out.push_back(tokens.OfPart(text.substr(at, kPartBytesMin)));
  }
}

void SortOnce(std::vector<Token>& tokens) {
  std::sort(tokens.begin(), tokens.end());
  tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
}

}  // namespace

std::vector<Token> TokensOf(const TokenSource& source, std::string_view document_json,
                            std::span<const std::int64_t> terms) {
  Tokens tokens(source);
  std::vector<Token> out;
  detail::EachLeaf(document_json, [&](const detail::Leaf& leaf) {
    out.push_back(tokens.OfValue(leaf.path, leaf.text));
    if (detail::HoldsWords(source.subject, leaf.path)) {
      for (const auto& word : WordsOf(leaf.text)) out.push_back(tokens.OfWord(word));
    }
    if (detail::HoldsParts(source.subject, leaf.path)) AddParts(tokens, leaf.text, out);
  });
  for (const auto term : terms) {
    if (term != 0) out.push_back(tokens.OfTerm(term));
  }
  SortOnce(out);
  return out;
}

TokenSets TokensFor(const TokenSource& source, const Needle& needle) {
  Tokens tokens(source);
  TokenSets sets;
  for (const auto term : needle.terms) sets.push_back({tokens.OfTerm(term)});
  for (const auto& text : needle.any_of) {
    auto& set = sets.emplace_back();
    if (needle.kind == Needle::Kind::kValue) {
      set.push_back(tokens.OfValue(needle.path, text));
    } else if (needle.kind == Needle::Kind::kWord) {
      set.push_back(tokens.OfWord(std::string_view(text).substr(0, kWordBytesMax)));
    } else {
      AddParts(tokens, text, set);
      SortOnce(set);
    }
  }
  return sets;
}

}  // namespace outpost::search
