#include "store/objects/listing.h"

#include <algorithm>

#include "base/problem.h"
#include "base/text.h"
#include "format/xml/xml.h"

namespace outpost::objects {
namespace {

constexpr std::uint32_t kDepthMax = 16;
constexpr std::uint32_t kElementsMax = 50'000;
/// Of a message that is shown; more is cut.
constexpr std::size_t kWordsCharactersMax = 300;

xml::Document Parse(std::string_view text) {
  xml::Limits limits;
  limits.bytes = kListPageBytesMax;
  limits.depth = kDepthMax;
  limits.elements = kElementsMax;
  return xml::Document::Parse(text, limits);
}

std::string_view TextOf(const xml::Element& parent, std::string_view name) {
  const auto child = parent.child(name);
  return child ? Trim(child->text()) : std::string_view();
}

/// What goes to a terminal or a log: one line without control characters.
std::string Words(std::string_view text) {
  std::string out;
  for (const char c : FirstCharacters(text, kWordsCharactersMax)) {
    out += static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? ' ' : c;
  }
  return out;
}

}  // namespace

ListPage ReadListPage(std::string_view text) {
  const auto document = Parse(text);
  const auto root = document.root();
  if (root.name() != "ListBucketResult") {
    throw Problem("<ListBucketResult> is expected.", root.position());
  }
  const bool is_encoded = TextOf(root, "EncodingType") == "url";
  ListPage page;
  for (auto child = root.first_child(); child; child = child->next_sibling()) {
    if (child->name() != "Contents") continue;
    const auto key = child->child("Key");
    const auto bytes = ParseInt(TextOf(*child, "Size"));
    if (!key || key->text().empty() || !bytes || *bytes < 0) {
      throw Problem("An object of the list has no key or no size.", child->position());
    }
    page.objects.push_back(
        {is_encoded ? PercentDecode(key->text(), true) : std::string(key->text()), *bytes});
  }
  if (TextOf(root, "IsTruncated") == "true") {
    page.next = TextOf(root, "NextContinuationToken");
    if (page.next.empty()) {
      throw Problem("The list goes on, but does not say where.", root.position());
    }
  }
  return page;
}

ErrorWords ReadErrorWords(std::string_view text) {
  try {
    const auto document = Parse(text);
    const auto root = document.root();
    if (root.name() != "Error") return {};
    return {Words(TextOf(root, "Code")), Words(TextOf(root, "Message")),
            Words(TextOf(root, "Region"))};
  } catch (const Problem&) {
    return {};  // such as the page of a proxy
  }
}

}  // namespace outpost::objects
