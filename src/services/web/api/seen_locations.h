#pragma once

#include <vector>

#include "domain/locations/locations.h"
#include "domain/locations/tree.h"
#include "services/web/api/api_access.h"

namespace outpost::web {

/// The locations of a project space that a caller may see: those in use and, for callers without
/// access_all_locations, at or below theirs only.
struct SeenLocations {
  locations::Tree tree;
  std::vector<int> places;  // by row
};
SeenLocations SeenBy(const ApiCaller& caller);

/// Keeps the places that `keeps` says so of.
template <class Keeps>
void Filter(SeenLocations& seen, const Keeps& keeps) {
  std::erase_if(seen.places, [&](int place) { return !keeps(seen.tree.At(place)); });
}

/// Locations at these places, read a thousand at a time, in their order.
std::vector<locations::Location> ReadPlaces(const ApiCaller& caller, const SeenLocations& seen,
                                            const std::vector<int>& places);
/// The place of a location by its id; -1: none that the caller sees.
int PlaceOf(const SeenLocations& seen, std::string_view location_id);

}  // namespace outpost::web
