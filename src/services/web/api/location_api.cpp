#include "services/web/api/location_api.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "services/web/api/paging.h"
#include "services/web/api/seen_locations.h"
#include "services/web/api/setup_reply.h"

namespace outpost::web {
namespace {

using http::Request;
using http::Response;
using locations::Location;
using locations::LocationType;

std::optional<std::string> OrNull(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

/// The very text that the other list has as resource_uri: clients join on it.
std::string UriOf(const Request& request, std::string_view resource, const std::string& id) {
  return Absolute(request, SiblingPath(request.path, resource, id));
}

void WriteType(json::Writer& out, const Request& request, const ApiCaller& caller,
               const std::vector<LocationType>& types, const LocationType& type) {
  std::optional<std::string> parent;
  for (const auto& one : types) {
    if (one.code == type.parent) parent = UriOf(request, "location_type", std::to_string(one.row));
  }
  out.BeginObject();
  out.Member("id", type.row);
  out.Member("domain", caller.project.name);
  out.Member("name", type.name);
  out.Member("code", type.code);
  out.MemberOrNull("parent", parent);
  out.Member("administrative", type.is_administrative);
  out.Member("shares_cases", type.shares_cases);
  out.Member("view_descendants", type.views_descendants);
  out.Member("resource_uri", UriOf(request, "location_type", std::to_string(type.row)));
  out.EndObject();
}

Response ListTypes(Request& request, const ApiCaller& caller) {
  const auto types = locations::ListTypes(caller.connection, caller.project.row);
  return ReplyWithPage(request, types.size(), [&](json::Writer& out, std::size_t index) {
    WriteType(out, request, caller, types, types[index]);
  });
}

Response ShowType(Request& request, const ApiCaller& caller) {
  const auto types = locations::ListTypes(caller.connection, caller.project.row);
  const auto row = ParseInt(request.captures.at(1));
  const auto found = std::find_if(types.begin(), types.end(), [&](const LocationType& type) {
    return row && type.row == *row;
  });
  if (found == types.end()) return ReplyNotFound();
  return ReplyWithObject(
      [&](json::Writer& out) { WriteType(out, request, caller, types, *found); });
}

void WriteLocation(json::Writer& out, const Request& request, const ApiCaller& caller,
                   const locations::Tree& tree, const Location& location) {
  const int place = FindRow(tree, location.row);
  const int parent = tree.At(place).parent;
  out.BeginObject();
  out.Member("id", location.row);
  out.Member("location_id", location.location_id);
  out.Member("name", location.name);
  out.Member("domain", caller.project.name);
  out.Member("site_code", location.site_code);
  out.MemberOrNull("external_id", OrNull(location.external_id));
  out.Member("created_at", FormatT6(location.created_on));
  out.Member("last_modified", FormatT6(location.modified_on));
  out.MemberOrNull("latitude", OrNull(location.latitude));
  out.MemberOrNull("longitude", OrNull(location.longitude));
  WriteTextMap(out, "location_data", location.fields);
  out.Member("location_type", UriOf(request, "location_type", std::to_string(location.type)));
  out.MemberOrNull("parent", parent < 0 ? std::nullopt
                                        : std::optional(UriOf(request, "location",
                                                              tree.At(parent).location_id)));
  out.Member("resource_uri", UriOf(request, "location", location.location_id));
  out.EndObject();
}

Response ListLocations(Request& request, const ApiCaller& caller) {
  auto seen = SeenBy(caller);
  if (const auto code = request.QueryValue("site_code")) {
    Filter(seen, [&](const locations::TreeLocation& one) { return one.site_code == *code; });
  }
  std::vector<Location> found;
  if (const auto id = request.QueryValue("external_id")) {
    for (auto& one : ReadPlaces(caller, seen, seen.places)) {
      if (one.external_id == *id) found.push_back(std::move(one));
    }
    return ReplyWithPage(request, found.size(), [&](json::Writer& out, std::size_t index) {
      WriteLocation(out, request, caller, seen.tree, found[index]);
    });
  }
  return ReplyWithPage(request, seen.places.size(), [&](json::Writer& out, std::size_t index) {
    const auto one = ReadPlaces(caller, seen, {seen.places[index]});
    WriteLocation(out, request, caller, seen.tree, one.front());
  });
}

Response ShowLocation(Request& request, const ApiCaller& caller) {
  const auto seen = SeenBy(caller);
  const int place = PlaceOf(seen, request.captures.at(1));
  if (place < 0) return ReplyNotFound();
  const auto one = ReadPlaces(caller, seen, {place});
  return ReplyWithObject(
      [&](json::Writer& out) { WriteLocation(out, request, caller, seen.tree, one.front()); });
}

}  // namespace

void AddLocationRoutes(http::Router& router, ApiContext& context) {
  const auto add = [&](const std::string& path, const ApiHandler& handler) {
    router.AddAsync(http::Method::kGet, "/a/{domain}/api/" + path, {"api/locations"},
                    Guard(context, Needs("edit_locations"), handler));
  };
  for (const std::string path : {"location_type/v1", "v0.5/location_type"}) {
    add(path, ListTypes);
    add(path + "/{id}", ShowType);
  }
  for (const std::string path : {"location/v1", "v0.5/location"}) {
    add(path, ListLocations);
    add(path + "/{id}", ShowLocation);
  }
}

}  // namespace outpost::web
