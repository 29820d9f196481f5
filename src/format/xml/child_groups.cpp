#include "format/xml/child_groups.h"

#include <algorithm>
#include <cstdint>

namespace outpost::xml {
namespace {

/// Up to this many groups a scan is faster than sorting.
constexpr std::size_t kScanMax = 16;

/// Groups by scanning; empty optional when there are too many groups for that.
std::optional<std::vector<ChildGroup>> GroupByScan(const Element& element) {
  std::vector<ChildGroup> groups;
  for (auto child = element.first_child(); child; child = child->next_sibling()) {
    const auto name = child->name();
    auto at = std::find_if(groups.begin(), groups.end(),
                           [&](const ChildGroup& group) { return group.name == name; });
    if (at == groups.end()) {
      if (groups.size() == kScanMax) return std::nullopt;
      groups.push_back({name, {}});
      at = std::prev(groups.end());
    }
    at->elements.push_back(*child);
  }
  return groups;
}

/// Sorting, unlike hashing, has no bad case that a sender could choose.
std::vector<ChildGroup> GroupBySorting(const Element& element) {
  struct Child {
    std::string_view name;
    std::size_t place;
    std::size_t first_place;  // of this name
    Element element;
  };
  std::vector<Child> children;
  for (auto child = element.first_child(); child; child = child->next_sibling()) {
    children.push_back({child->name(), children.size(), 0, *child});
  }
  std::stable_sort(children.begin(), children.end(),
                   [](const Child& a, const Child& b) { return a.name < b.name; });
  for (std::size_t i = 0; i < children.size(); ++i) {
    const bool is_first = i == 0 || children[i].name != children[i - 1].name;
    children[i].first_place = is_first ? children[i].place : children[i - 1].first_place;
  }
  std::sort(children.begin(), children.end(), [](const Child& a, const Child& b) {
    return std::pair(a.first_place, a.place) < std::pair(b.first_place, b.place);
  });
  std::vector<ChildGroup> groups;
  for (const auto& child : children) {
    if (child.place == child.first_place) groups.push_back({child.name, {}});
    groups.back().elements.push_back(child.element);
  }
  return groups;
}

}  // namespace

std::vector<ChildGroup> GroupChildren(const Element& element) {
  auto groups = GroupByScan(element);
  return groups ? std::move(*groups) : GroupBySorting(element);
}

}  // namespace outpost::xml
