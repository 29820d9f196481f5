#include "domain/locations/tree.h"

#include <algorithm>

namespace outpost::locations {
namespace {

template <class T>
T& At(std::vector<T>& list, int place) {
  return list[static_cast<std::size_t>(place)];
}

void ArrangeTypes(Tree& tree) {
  auto& types = tree.types;
  std::sort(types.begin(), types.end(),
            [](const LocationType& a, const LocationType& b) { return a.code < b.code; });
  tree.type_parents.assign(types.size(), -1);
  tree.type_depths.assign(types.size(), 0);
  for (std::size_t i = 0; i < types.size(); ++i) {
    tree.type_parents[i] = types[i].parent.empty() ? -1 : FindType(tree, types[i].parent);
    tree.types_modified = std::max(tree.types_modified, types[i].modified);
  }
  for (std::size_t i = 0; i < types.size(); ++i) {
    int depth = 0;
    // Levels in a circle, which nobody can make, would have no depth: it ends somewhere.
    for (int at = tree.type_parents[i]; at >= 0 && depth < static_cast<int>(types.size());
         ++depth) {
      at = At(tree.type_parents, at);
    }
    tree.type_depths[i] = depth;
  }
}

void FindTypesOfLocations(Tree& tree) {
  std::vector<std::pair<std::int64_t, int>> by_row;
  for (std::size_t i = 0; i < tree.types.size(); ++i) {
    by_row.emplace_back(tree.types[i].row, static_cast<int>(i));
  }
  std::sort(by_row.begin(), by_row.end());
  for (auto& location : tree.locations) {
    const auto found =
        std::lower_bound(by_row.begin(), by_row.end(), std::make_pair(location.type_row, -1));
    const bool is_known = found != by_row.end() && found->first == location.type_row;
    location.type = is_known ? found->second : -1;
  }
  auto& all = tree.locations;
  all.erase(std::remove_if(all.begin(), all.end(),
                           [](const TreeLocation& location) { return location.type < 0; }),
            all.end());
}

/// Children of each, one after the other, by row.
void ArrangeChildren(Tree& tree) {
  const auto count = tree.locations.size();
  tree.child_begins.assign(count + 1, 0);
  for (std::size_t i = 0; i < count; ++i) {
    auto& location = tree.locations[i];
    if (location.parent_row == 0) {
      tree.roots.push_back(static_cast<int>(i));
      continue;
    }
    location.parent = FindRow(tree, location.parent_row);
    if (location.parent >= 0) ++At(tree.child_begins, location.parent + 1);
  }
  for (std::size_t i = 0; i < count; ++i) tree.child_begins[i + 1] += tree.child_begins[i];
  tree.children.resize(static_cast<std::size_t>(tree.child_begins[count]));
  auto next = tree.child_begins;
  for (std::size_t i = 0; i < count; ++i) {
    const int parent = tree.locations[i].parent;
    if (parent >= 0) At(tree.children, At(next, parent)++) = static_cast<int>(i);
  }
}

void FindLive(Tree& tree) {
  tree.top_down = tree.roots;
  for (std::size_t i = 0; i < tree.top_down.size(); ++i) {
    const int at = tree.top_down[i];
    auto& location = At(tree.locations, at);
    const bool is_parent_live = location.parent < 0 || At(tree.locations, location.parent).is_live;
    location.is_reachable = true;
    location.is_live = is_parent_live && !location.is_archived;
    for (const int child : tree.ChildrenOf(at)) tree.top_down.push_back(child);
  }
}

}  // namespace

Tree MakeTree(std::vector<LocationType> types, std::vector<TreeLocation> locations) {
  Tree tree;
  tree.types = std::move(types);
  tree.locations = std::move(locations);
  ArrangeTypes(tree);
  FindTypesOfLocations(tree);
  std::sort(tree.locations.begin(), tree.locations.end(),
            [](const TreeLocation& a, const TreeLocation& b) { return a.row < b.row; });
  ArrangeChildren(tree);
  FindLive(tree);
  return tree;
}

Tree LoadTree(sql::Connection& connection, std::int64_t project) {
  auto types = ListTypes(connection, project);
  std::vector<TreeLocation> locations;
  const auto rows = connection.Query(
      "SELECT id, location_id, name, site_code, type, parent, is_archived, modified"
      " FROM locations WHERE project = $1 ORDER BY id",
      {project});
  while (rows->Next()) {
    TreeLocation location;
    location.row = rows->Int(0);
    location.location_id = rows->Text(1);
    location.name = rows->Text(2);
    location.site_code = rows->Text(3);
    location.type_row = rows->Int(4);
    location.parent_row = rows->Int(5);
    location.is_archived = rows->Int(6) != 0;
    location.modified = rows->Int(7);
    locations.push_back(std::move(location));
  }
  return MakeTree(std::move(types), std::move(locations));
}

int FindType(const Tree& tree, std::string_view code) {
  const auto found =
      std::lower_bound(tree.types.begin(), tree.types.end(), code,
                       [](const LocationType& type, std::string_view c) { return type.code < c; });
  if (found == tree.types.end() || found->code != code) return -1;
  return static_cast<int>(found - tree.types.begin());
}

int FindRow(const Tree& tree, std::int64_t row) {
  const auto found = std::lower_bound(
      tree.locations.begin(), tree.locations.end(), row,
      [](const TreeLocation& location, std::int64_t r) { return location.row < r; });
  if (found == tree.locations.end() || found->row != row) return -1;
  return static_cast<int>(found - tree.locations.begin());
}

std::vector<int> LiveOf(const Tree& tree, std::span<const std::int64_t> rows) {
  std::vector<int> places;
  for (const auto row : rows) {
    const int at = FindRow(tree, row);
    if (at >= 0 && tree.At(at).is_live) places.push_back(at);
  }
  return places;
}

std::vector<int> PathOf(const Tree& tree, int location) {
  std::vector<int> path;
  for (int at = location; at >= 0; at = tree.At(at).parent) path.push_back(at);
  std::reverse(path.begin(), path.end());
  return path;
}

}  // namespace outpost::locations
