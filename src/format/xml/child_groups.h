#pragma once

#include <string_view>
#include <vector>

#include "format/xml/xml.h"

namespace outpost::xml {

/// Children of one local name, which JSON shows under one key.
struct ChildGroup {
  std::string_view name;
  std::vector<Element> elements;
};

/// Children by local name, in the order of first occurrence. Cost: n log n in their number.
std::vector<ChildGroup> GroupChildren(const Element& element);

}  // namespace outpost::xml
