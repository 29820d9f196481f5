#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "domain/locations/tree.h"

/// What follows for a worker from the locations he is assigned to: which of them own cases of his
/// (restore document 7), which of them his phone gets and when (13.3). Pure functions.
namespace outpost::locations {

/// Locations whose cases belong to somebody assigned to `assigned`, by place in the tree.
/// `limits_child_data`: "view child data" ends at the level that the assigned location's level
/// says.
std::vector<int> OwningLocations(const Tree& tree, std::span<const int> assigned,
                                 bool limits_child_data);

/// The locations of the phone's fixtures, by place in the tree, every parent among them.
std::vector<int> LocationsForPhone(const Tree& tree, std::span<const int> assigned, bool syncs_all);
/// The latest position of a location that is there or would be, were it and those above it not
/// archived: one that was archived since is in no other list.
std::int64_t ModifiedForPhone(const Tree& tree, std::span<const std::int64_t> assigned_rows,
                              bool syncs_all);

/// The sync that the phone names as its last one.
struct PreviousSync {
  std::int64_t seq = 0;  // of its snapshot: everything up to it was seen
  std::string build_id;  // "" when not known
};
/// What could have changed since, as positions; 0 never.
struct LocationState {
  std::int64_t locations_modified = 0;  // ModifiedForPhone
  std::int64_t types_modified = 0;      // of any level of the project space
  std::int64_t assignment_changed = 0;
  std::string build_id;  // "" when the sync does not say which app it is for
};
/// Whether the fixtures of locations must be sent. `previous`: none for a full restore.
bool AreLocationsDue(const std::optional<PreviousSync>& previous, const LocationState& now);

}  // namespace outpost::locations
