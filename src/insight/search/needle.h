#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What a document is looked for by. Letter case does not count (of ASCII letters).
namespace outpost::search {

enum class Subject : std::uint8_t { kForms, kCases };

struct Needle {
  enum class Kind : std::uint8_t {
    kValue,  // the document has one of these values at the path; lists on the way are looked
             // through
    kWord,   // one of these words stands in an answer of the form, in a property of the case
    kPart,   // one of these texts is a part of the name: of three characters or more
    kTerm,   // the listed row has one of these terms (store/query)
  };
  Kind kind = Kind::kValue;
  std::string path = {};  // dotted, of kValue
  std::vector<std::string> any_of = {};
  std::vector<std::int64_t> terms = {};
};

/// A property of a case, by its own name.
Needle PropertyNeedle(std::string_view name, std::vector<std::string> any_of);
/// Whether a property with this text is found by it: it is not empty, and is the same text where
/// the property was kept as JSON.
bool IsPlainProperty(std::string_view text);

/// Words are runs of letters and digits and of anything beyond ASCII, in lower case.
std::vector<std::string> WordsOf(std::string_view text);
/// Longer words are cut: in documents and in what is looked for alike.
inline constexpr std::size_t kWordBytesMax = 64;

/// The shortest part that can be looked for.
inline constexpr std::size_t kPartBytesMin = 3;

/// Whether a document has every word and every part; needles of other kinds are not looked at.
bool HasWords(Subject subject, std::string_view document_json, const std::vector<Needle>& needles);

}  // namespace outpost::search
