#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/locations/types.h"
#include "store/sql/connection.h"

/// All levels and locations of a project space in memory, without custom fields: what is asked
/// about a whole tree is asked of this snapshot. Made in n log n; 50,000 locations are fine.
///
/// Levels and locations are named by their place in `types` and `locations`; -1 is none.
namespace outpost::locations {

struct TreeLocation {
  std::int64_t row = 0;
  std::string location_id, name, site_code;
  std::int64_t type_row = 0, parent_row = 0;
  bool is_archived = false;
  std::int64_t modified = 0;
  // Found by MakeTree.
  int type = -1;
  int parent = -1;
  bool is_reachable = false;  // from a root
  /// Neither it nor anything above it is archived.
  bool is_live = false;
};

struct Tree {
  std::vector<LocationType> types;  // by code
  std::vector<int> type_parents;
  std::vector<int> type_depths;         // 0: a top level
  std::vector<TreeLocation> locations;  // by row
  /// Every location that can be reached from a root, parents before their children: a location
  /// whose parents form a circle or end in nothing is in no answer.
  std::vector<int> top_down;
  std::vector<int> roots;
  std::int64_t types_modified = 0;  // the latest position of a level

  std::span<const int> ChildrenOf(int location) const {
    const auto begin = static_cast<std::size_t>(child_begins[static_cast<std::size_t>(location)]);
    const auto end = static_cast<std::size_t>(child_begins[static_cast<std::size_t>(location) + 1]);
    return std::span(children).subspan(begin, end - begin);
  }
  const TreeLocation& At(int location) const {
    return locations[static_cast<std::size_t>(location)];
  }
  const LocationType& TypeOf(int location) const {
    return types[static_cast<std::size_t>(At(location).type)];
  }
  /// Depth of a location's level.
  int DepthOf(int location) const {
    return type_depths[static_cast<std::size_t>(At(location).type)];
  }

  std::vector<int> children, child_begins;
};

/// `types` in any order, `locations` in any order with the first seven members filled. Locations of
/// an unknown level are left out.
Tree MakeTree(std::vector<LocationType> types, std::vector<TreeLocation> locations);
Tree LoadTree(sql::Connection& connection, std::int64_t project);

int FindType(const Tree& tree, std::string_view code);
int FindRow(const Tree& tree, std::int64_t row);
/// The places of these rows; those that are not live are left out.
std::vector<int> LiveOf(const Tree& tree, std::span<const std::int64_t> rows);
/// From the root down to the location itself.
std::vector<int> PathOf(const Tree& tree, int location);

}  // namespace outpost::locations
