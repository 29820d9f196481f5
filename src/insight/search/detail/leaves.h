#pragma once

#include <functional>
#include <string_view>

#include "insight/search/needle.h"

/// The texts of a document and where they stand.
namespace outpost::search::detail {

/// One value that is neither an object nor a list nor null. Places in lists are not part of a path.
struct Leaf {
  std::string_view path;
  std::string_view text;
};
/// Members whose name has a dot are left out: no path leads to them.
/// @throws std::exception when the text is no JSON
void EachLeaf(std::string_view document_json, const std::function<void(const Leaf&)>& each);

/// Where the properties of a case stand in its document.
inline constexpr std::string_view kProperties = "case_json.";

/// Whether words are looked for at the path: answers of a form, properties and name of a case.
bool HoldsWords(Subject subject, std::string_view path);
/// Whether parts are: names and ids that people read aloud.
bool HoldsParts(Subject subject, std::string_view path);

}  // namespace outpost::search::detail
