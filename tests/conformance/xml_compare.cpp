#include "conformance/xml_compare.h"

#include <map>
#include <optional>

#include "base/text.h"
#include "format/xml/xml.h"

namespace outpost::tests {
namespace {

using xml::Element;

std::map<std::string, std::string> AttributesOf(const Element& element) {
  std::map<std::string, std::string> attributes;
  for (std::uint32_t i = 0; i < element.attribute_count(); ++i) {
    const auto attribute = element.attribute(i);
    attributes[std::string(attribute.name)] = attribute.value;
  }
  return attributes;
}

bool IsExtraData(const Element& found, const std::optional<Element>& expected) {
  return found.name() == "data" &&
         (!expected || expected->attribute("key") != found.attribute("key"));
}

std::string Difference(const Element& expected, const Element& found, const std::string& path) {
  const std::string here = path + "/" + std::string(expected.name());
  if (expected.name() != found.name() || expected.uri() != found.uri()) {
    return here + ": found <" + std::string(found.name()) + "> of " + std::string(found.uri());
  }
  if (AttributesOf(expected) != AttributesOf(found)) return here + ": other attributes";
  if (Trim(expected.text()) != Trim(found.text())) {
    return here + ": text is \"" + std::string(found.text()) + "\"";
  }
  auto wanted = expected.first_child(), there = found.first_child();
  while (there && found.name() == "user_data" && IsExtraData(*there, wanted)) {
    there = there->next_sibling();
  }
  while (wanted && there) {
    auto difference = Difference(*wanted, *there, here);
    if (!difference.empty()) return difference;
    wanted = wanted->next_sibling();
    there = there->next_sibling();
    while (there && found.name() == "user_data" && IsExtraData(*there, wanted)) {
      there = there->next_sibling();
    }
  }
  if (wanted) return here + ": <" + std::string(wanted->name()) + "> is missing";
  if (there) return here + ": <" + std::string(there->name()) + "> is too much";
  return {};
}

}  // namespace

std::string XmlDifference(std::string_view expected, std::string_view found) {
  const auto wanted = xml::Document::Parse(expected);
  const auto there = xml::Document::Parse(found);
  return Difference(wanted.root(), there.root(), "");
}

}  // namespace outpost::tests
