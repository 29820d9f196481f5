#include <cstddef>
#include <cstdint>

#include "base/problem.h"
#include "format/xml/xml.h"

namespace {

/// Visits everything, so that a wrong range or link is seen.
std::size_t Visit(outpost::xml::Element element) {
  std::size_t sum =
      element.name().size() + element.uri().size() + element.text().size() + element.tail().size();
  for (std::uint32_t i = 0; i < element.attribute_count(); ++i) {
    sum += element.attribute(i).value.size();
  }
  for (auto child = element.first_child(); child; child = child->next_sibling()) {
    sum += Visit(*child);
  }
  return sum;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto document =
        outpost::xml::Document::ParseMixed({reinterpret_cast<const char*>(data), size});
    Visit(document.root());
  } catch (const outpost::Problem& problem) {
    if (problem.kind() != outpost::ProblemKind::kMalformed) __builtin_trap();
  }
  return 0;
}
