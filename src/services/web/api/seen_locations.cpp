#include "services/web/api/seen_locations.h"

#include <algorithm>

#include "domain/locations/assignment.h"

namespace outpost::web {
namespace {

constexpr std::size_t kPage = 1'000;

/// Places at or below those where the caller works.
std::vector<bool> OwnTerritory(const ApiCaller& caller, const locations::Tree& tree) {
  const auto assigned =
      locations::AssignmentOf(caller.connection, caller.project.row, caller.account.row);
  std::vector<bool> is_own(tree.locations.size(), false);
  for (const int place : LiveOf(tree, assigned.Rows())) {
    is_own[static_cast<std::size_t>(place)] = true;
  }
  for (const int place : tree.top_down) {
    const int parent = tree.At(place).parent;
    if (parent >= 0 && is_own[static_cast<std::size_t>(parent)]) {
      is_own[static_cast<std::size_t>(place)] = true;
    }
  }
  return is_own;
}

}  // namespace

SeenLocations SeenBy(const ApiCaller& caller) {
  SeenLocations seen{locations::LoadTree(caller.connection, caller.project.row), {}};
  const bool is_restricted = IsRestrictedToLocations(caller);
  const auto is_own = is_restricted ? OwnTerritory(caller, seen.tree) : std::vector<bool>();
  for (std::size_t i = 0; i < seen.tree.locations.size(); ++i) {
    if (!seen.tree.locations[i].is_live || (is_restricted && !is_own[i])) continue;
    seen.places.push_back(static_cast<int>(i));
  }
  return seen;
}

std::vector<locations::Location> ReadPlaces(const ApiCaller& caller, const SeenLocations& seen,
                                            const std::vector<int>& places) {
  std::vector<locations::Location> read;
  for (std::size_t begin = 0; begin < places.size(); begin += kPage) {
    std::vector<std::int64_t> rows;
    for (auto i = begin; i < std::min(places.size(), begin + kPage); ++i) {
      rows.push_back(seen.tree.At(places[i]).row);
    }
    for (auto& one : locations::ReadLocations(caller.connection, caller.project.row, rows)) {
      read.push_back(std::move(one));
    }
  }
  return read;
}

int PlaceOf(const SeenLocations& seen, std::string_view location_id) {
  for (const int place : seen.places) {
    if (seen.tree.At(place).location_id == location_id) return place;
  }
  return -1;
}

}  // namespace outpost::web
