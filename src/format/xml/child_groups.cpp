#include "format/xml/child_groups.h"

#include <algorithm>
#include <unordered_map>

namespace outpost::xml {
namespace {

/// Up to this many groups a scan is faster than a hash table.
constexpr std::size_t kScanMax = 16;

}  // namespace

std::vector<ChildGroup> GroupChildren(const Element& element) {
  std::vector<ChildGroup> groups;
  std::unordered_map<std::string_view, std::size_t> places;
  for (auto child = element.first_child(); child; child = child->next_sibling()) {
    const auto name = child->name();
    std::size_t place = groups.size();
    if (groups.size() <= kScanMax) {
      const auto at = std::find_if(groups.begin(), groups.end(),
                                   [&](const ChildGroup& group) { return group.name == name; });
      place = static_cast<std::size_t>(at - groups.begin());
    } else {
      for (std::size_t i = places.size(); i < groups.size(); ++i) places.emplace(groups[i].name, i);
      const auto at = places.find(name);
      if (at != places.end()) place = at->second;
    }
    if (place == groups.size()) groups.push_back({name, {}});
    groups[place].elements.push_back(*child);
  }
  return groups;
}

}  // namespace outpost::xml
