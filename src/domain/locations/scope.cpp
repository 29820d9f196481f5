#include "domain/locations/scope.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

namespace outpost::locations {
namespace {

constexpr int kNoLimit = std::numeric_limits<int>::max();

/// Depth of the level of that code; kNoLimit when there is none.
int DepthOfLevel(const Tree& tree, const std::string& code) {
  const int type = code.empty() ? -1 : FindType(tree, code);
  return type < 0 ? kNoLimit : tree.type_depths[static_cast<std::size_t>(type)];
}

/// Visits `start` and what is below it, as long as `wanted` says so of each.
template <class Wanted, class Visit>
void WalkDown(const Tree& tree, int start, const Wanted& wanted, const Visit& visit) {
  std::vector<int> open{start};
  while (!open.empty()) {
    const int at = open.back();
    open.pop_back();
    if (!wanted(at)) continue;
    visit(at);
    for (const int child : tree.ChildrenOf(at)) open.push_back(child);
  }
}

/// Locations gathered into a set, archived ones only if they count.
class Gathering {
 public:
  Gathering(const Tree& tree, bool with_archived)
      : tree_(tree), with_archived_(with_archived), is_in_(tree.locations.size(), false) {}

  bool Counts(int location) const { return with_archived_ || tree_.At(location).is_live; }
  void Add(int location) {
    if (Counts(location)) is_in_[static_cast<std::size_t>(location)] = true;
  }
  void AddAncestorsOf(int location) {
    for (int at = tree_.At(location).parent; at >= 0; at = tree_.At(at).parent) Add(at);
  }
  /// In the order of the tree; one whose parent is not in it is left out.
  std::vector<int> Closed() {
    std::vector<int> all;
    for (const int at : tree_.top_down) {
      const int parent = tree_.At(at).parent;
      auto is_in = is_in_[static_cast<std::size_t>(at)];
      if (parent >= 0 && !is_in_[static_cast<std::size_t>(parent)]) is_in = false;
      is_in_[static_cast<std::size_t>(at)] = is_in;
      if (is_in) all.push_back(at);
    }
    std::sort(all.begin(), all.end());
    return all;
  }

 private:
  const Tree& tree_;
  bool with_archived_;
  std::vector<bool> is_in_;
};

std::vector<int> StartsOf(const Tree& tree, int assigned) {
  const auto& type = tree.TypeOf(assigned);
  if (type.expands_from_root) return tree.roots;
  const int from = FindType(tree, type.expand_from);
  if (from < 0 || !type.include_only.empty()) return {assigned};
  for (int at = assigned; at >= 0; at = tree.At(at).parent) {
    if (tree.At(at).type == from) return {at};
  }
  return {assigned};
}

/// Rules 2 to 4 of 13.3 for one start point and the level of who is assigned.
void Expand(const Tree& tree, int start, const LocationType& type, Gathering& set) {
  const int limit = DepthOfLevel(tree, type.expand_to);
  std::vector<bool> only(tree.types.size(), type.include_only.empty() || limit != kNoLimit);
  for (const auto& code : type.include_only) {
    if (const int named = FindType(tree, code); named >= 0) {
      only[static_cast<std::size_t>(named)] = true;
    }
  }
  const auto is_wanted = [&](int at) {
    return set.Counts(at) && (at == start || tree.DepthOf(at) <= limit) &&
           only[static_cast<std::size_t>(tree.At(at).type)];
  };
  WalkDown(tree, start, is_wanted, [&](int at) { set.Add(at); });
  set.AddAncestorsOf(start);
}

std::vector<int> Gather(const Tree& tree, std::span<const int> assigned, bool syncs_all,
                        bool with_archived) {
  Gathering set(tree, with_archived);
  std::set<std::pair<int, int>> done;  // start point, level
  int depth_everywhere = -1;
  for (const int at : assigned) {
    const auto& type = tree.TypeOf(at);
    for (const int start : StartsOf(tree, at)) {
      if (done.emplace(start, tree.At(at).type).second) Expand(tree, start, type, set);
    }
    const int depth = DepthOfLevel(tree, type.include_without_expanding);
    if (depth != kNoLimit) depth_everywhere = std::max(depth_everywhere, depth);
  }
  for (const int at : tree.top_down) {
    if (syncs_all || tree.DepthOf(at) <= depth_everywhere) set.Add(at);
  }
  return set.Closed();
}

}  // namespace

std::vector<int> OwningLocations(const Tree& tree, std::span<const int> assigned,
                                 bool limits_child_data) {
  std::vector<int> owning;
  for (const int at : assigned) {
    const auto& type = tree.TypeOf(at);
    if (type.shares_cases) owning.push_back(at);
    if (!type.views_descendants) continue;
    const int limit =
        limits_child_data ? DepthOfLevel(tree, type.expand_view_child_data_to) : kNoLimit;
    const auto is_wanted = [&](int one) {
      return tree.At(one).is_live && (one == at || tree.DepthOf(one) <= limit);
    };
    WalkDown(tree, at, is_wanted, [&](int one) {
      if (one != at && tree.TypeOf(one).shares_cases) owning.push_back(one);
    });
  }
  std::sort(owning.begin(), owning.end());
  owning.erase(std::unique(owning.begin(), owning.end()), owning.end());
  return owning;
}

std::vector<int> LocationsForPhone(const Tree& tree, std::span<const int> assigned,
                                   bool syncs_all) {
  return Gather(tree, assigned, syncs_all, false);
}

std::int64_t ModifiedForPhone(const Tree& tree, std::span<const std::int64_t> assigned_rows,
                              bool syncs_all) {
  std::vector<int> assigned;
  for (const auto row : assigned_rows) {
    const int at = FindRow(tree, row);
    if (at >= 0 && tree.At(at).is_reachable) assigned.push_back(at);
  }
  std::int64_t modified = 0;
  for (const int at : Gather(tree, assigned, syncs_all, true)) {
    modified = std::max(modified, tree.At(at).modified);
  }
  return modified;
}

bool AreLocationsDue(const std::optional<PreviousSync>& previous, const LocationState& now) {
  if (!previous) return true;
  const bool is_other_build =
      !previous->build_id.empty() && !now.build_id.empty() && previous->build_id != now.build_id;
  return is_other_build || now.locations_modified > previous->seq ||
         now.types_modified > previous->seq || now.assignment_changed > previous->seq;
}

}  // namespace outpost::locations
