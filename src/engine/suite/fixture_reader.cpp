#include "engine/suite/detail/readers.h"
#include "format/xml/write.h"

namespace outpost::suite {
namespace {

/// Namespaces are left out: nobody who reads fixtures asks for them.
void AppendElement(std::string& out, const xml::Element& element) {
  out.append("<").append(element.name());
  for (std::uint32_t i = 0; i < element.attribute_count(); ++i) {
    const auto attribute = element.attribute(i);
    xml::AppendAttribute(out, attribute.name, attribute.value);
  }
  out += '>';
  xml::AppendText(out, element.text());
  for (auto child = element.first_child(); child; child = child->next_sibling()) {
    AppendElement(out, *child);
    xml::AppendText(out, child->tail());
  }
  out.append("</").append(element.name()).append(">");
}

}  // namespace

Fixture ReadFixture(const Node& node) {
  Fixture fixture;
  fixture.id = node.RequireNonEmpty("id");
  fixture.user_id = node.Get("user_id");
  fixture.place = node.place();
  const auto children = node.Children();
  if (children.size() != 1) node.Refuse("needs exactly one element");
  AppendElement(fixture.xml, children.front().element());
  return fixture;
}

}  // namespace outpost::suite
