#include <cstddef>
#include <cstdint>
#include <string_view>

#include "insight/search/detail/leaves.h"
#include "insight/search/needle.h"

/// Documents and what is looked for in them: every word and every part of a document is found in
/// it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace outpost::search;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto subject : {Subject::kForms, Subject::kCases}) {
    try {
      std::vector<Needle> needles;
      detail::EachLeaf(text, [&](const detail::Leaf& leaf) {
        if (detail::HoldsWords(subject, leaf.path)) {
          for (auto& word : WordsOf(leaf.text)) {
            needles.push_back({Needle::Kind::kWord, {}, {word}, {}});
          }
        }
        if (detail::HoldsParts(subject, leaf.path) && leaf.text.size() >= kPartBytesMin) {
          needles.push_back(
              {Needle::Kind::kPart, {}, {std::string(leaf.text.substr(leaf.text.size() / 3))}, {}});
        }
      });
      if (!HasWords(subject, text, needles)) __builtin_trap();
    } catch (const std::exception&) {
      // No JSON.
    }
  }
  return 0;
}
