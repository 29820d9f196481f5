#include <optional>

#include "services/web/api/location_api.h"
#include "services/web/api/paging.h"
#include "services/web/api/seen_locations.h"
#include "services/web/api/setup_reply.h"

namespace outpost::web {
namespace {

using http::Request;
using http::Response;
using locations::TreeLocation;

std::optional<std::string> OrNull(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

Response ListLocations(Request& request, const ApiCaller& caller) {
  auto seen = SeenBy(caller);
  const auto& tree = seen.tree;
  if (const auto code = request.QueryValue("site_code")) {
    Filter(seen, [&](const TreeLocation& one) { return one.site_code == *code; });
  }
  if (const auto name = request.QueryValue("name")) {
    Filter(seen, [&](const TreeLocation& one) { return one.name == *name; });
  }
  if (const auto code = request.QueryValue("location_type_code")) {
    Filter(seen, [&](const TreeLocation& one) {
      return tree.types[static_cast<std::size_t>(one.type)].code == *code;
    });
  }
  if (const auto parent = request.QueryValue("parent_location_id")) {
    Filter(seen, [&](const TreeLocation& one) {
      const auto id =
          one.parent < 0 ? std::string_view() : std::string_view(tree.At(one.parent).location_id);
      return id == *parent;
    });
  }
  return ReplyWithPage(request, seen.places.size(), [&](json::Writer& out, std::size_t index) {
    WriteLocationV2(out, caller, seen, seen.places[index]);
  });
}

Response ShowLocation(Request& request, const ApiCaller& caller) {
  const auto seen = SeenBy(caller);
  const int place = PlaceOf(seen, request.captures.at(1));
  if (place < 0) return ReplyNotFound();
  return ReplyWithObject([&](json::Writer& out) { WriteLocationV2(out, caller, seen, place); });
}

}  // namespace

void WriteLocationV2(json::Writer& out, const ApiCaller& caller, const SeenLocations& seen,
                     int place) {
  const auto read = ReadPlaces(caller, seen, {place});
  const auto& location = read.front();
  const auto& type = seen.tree.TypeOf(place);
  const int parent = seen.tree.At(place).parent;
  out.BeginObject();
  out.Member("domain", caller.project.name);
  out.Member("location_id", location.location_id);
  out.Member("name", location.name);
  out.Member("site_code", location.site_code);
  out.Member("last_modified", FormatT6(location.modified_on));
  out.MemberOrNull("latitude", OrNull(location.latitude));
  out.MemberOrNull("longitude", OrNull(location.longitude));
  WriteTextMap(out, "location_data", location.fields);
  out.Member("location_type_code", type.code);
  out.Member("location_type_name", type.name);
  out.Member("parent_location_id",
             parent < 0 ? std::string_view() : seen.tree.At(parent).location_id);
  out.EndObject();
}

void AddLocationV2Routes(http::Router& router, ApiContext& context) {
  for (const std::string path : {"location/v2", "v0.6/location"}) {
    const auto base = "/a/{domain}/api/" + path;
    router.AddAsync(http::Method::kGet, base, {"api/locations"},
                    Guard(context, Needs("edit_locations"), ListLocations));
    router.AddAsync(http::Method::kGet, base + "/{id}", {"api/locations"},
                    Guard(context, Needs("edit_locations"), ShowLocation));
  }
}

}  // namespace outpost::web
