#include "insight/search/needle.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "base/text.h"
#include "insight/search/detail/leaves.h"

namespace outpost::search {
namespace {

bool IsOfWord(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
         (byte >= 'A' && byte <= 'Z');
}

}  // namespace

Needle PropertyNeedle(std::string_view name, std::vector<std::string> any_of) {
  return {Needle::Kind::kValue,
          std::string(detail::kProperties) + std::string(name),
          std::move(any_of),
          {}};
}

bool IsPlainProperty(std::string_view text) {
  // Beyond these digits numbers are not kept as whole ones.
  constexpr std::size_t kDigitsMax = 18;
  if (text.empty() || text == "null") return false;
  if (text.front() == '{' || text.front() == '[' || text.front() == '"') return false;
  double number = 0;
  const auto* end = std::from_chars(text.data(), text.data() + text.size(), number).ptr;
  const bool is_number = end == text.data() + text.size();
  const bool is_whole =
      text.find_first_not_of("0123456789", text.front() == '-') == std::string_view::npos;
  return !is_number || (is_whole && text.size() <= kDigitsMax);
}

std::vector<std::string> WordsOf(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && IsOfWord(text[end])) ++end;
    if (end > at) words.push_back(ToLower(text.substr(at, std::min(end - at, kWordBytesMax))));
    at = end + 1;
  }
  return words;
}

bool HasWords(Subject subject, std::string_view document_json, const std::vector<Needle>& needles) {
  std::set<std::string, std::less<>> words;
  std::vector<std::string> names;
  detail::EachLeaf(document_json, [&](const detail::Leaf& leaf) {
    if (detail::HoldsWords(subject, leaf.path)) {
      for (auto& word : WordsOf(leaf.text)) words.insert(std::move(word));
    }
    if (detail::HoldsParts(subject, leaf.path)) names.push_back(ToLower(leaf.text));
  });
  const auto has_word = [&](const std::string& word) {
    return words.contains(ToLower(word.substr(0, kWordBytesMax)));
  };
  const auto has_part = [&](const std::string& part) {
    return std::any_of(names.begin(), names.end(), [&](const auto& name) {
      return name.find(ToLower(part)) != std::string::npos;
    });
  };
  return std::all_of(needles.begin(), needles.end(), [&](const Needle& needle) {
    const auto& any_of = needle.any_of;
    if (needle.kind == Needle::Kind::kWord) {
      return std::any_of(any_of.begin(), any_of.end(), has_word);
    }
    if (needle.kind == Needle::Kind::kPart) {
      return std::any_of(any_of.begin(), any_of.end(), has_part);
    }
    return true;
  });
}

}  // namespace outpost::search
