#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "base/problem.h"
#include "domain/locations/types.h"
#include "services/web/api/case_v2_payload.h"
#include "services/web/api/location_api.h"
#include "services/web/api/setup_reply.h"
#include "services/web/api/write_body.h"

namespace outpost::web {
namespace {

using http::Request;
using http::Response;
using locations::Location;

constexpr std::array<std::string_view, 7> kFields = {
    "name",     "location_type_code", "parent_location_id", "site_code",
    "latitude", "longitude",          "location_data"};

[[noreturn]] void Refuse(const std::string& why) { throw Problem(ProblemKind::kBadRequest, why); }

/// What a client says about a location; what it leaves out is empty. Null means "": no parent, no
/// place on the map.
struct Sent {
  std::string location_id;
  std::optional<std::string> name, type_code, parent_id, site_code, latitude, longitude;
  std::optional<std::map<std::string, std::string>> fields;
};

/// `may_name`: whether location_id is one of the fields.
void RefuseUnknown(const boost::json::object& from, bool may_name) {
  std::string unknown;
  for (const auto& field : from) {
    const std::string_view key(field.key());
    const bool is_known = std::find(kFields.begin(), kFields.end(), key) != kFields.end();
    if (is_known || (may_name && key == "location_id")) continue;
    unknown += (unknown.empty() ? "'" : ", '") + std::string(key) + "'";
  }
  if (!unknown.empty()) Refuse("Invalid fields were included in request: [" + unknown + "].");
}

std::optional<std::string> OrEmpty(const boost::json::object& from, std::string_view key) {
  if (!from.contains(key)) return std::nullopt;
  return SentText(from, key, true).value_or("");
}

Sent ReadLocation(const boost::json::object& from, bool may_name) {
  RefuseUnknown(from, may_name);
  Sent sent;
  if (may_name) sent.location_id = SentText(from, "location_id").value_or("");
  sent.name = SentText(from, "name");
  sent.type_code = SentText(from, "location_type_code");
  sent.parent_id = OrEmpty(from, "parent_location_id");
  sent.site_code = SentText(from, "site_code");
  sent.latitude = OrEmpty(from, "latitude");
  sent.longitude = OrEmpty(from, "longitude");
  sent.fields = SentTextMap(from, "location_data");
  return sent;
}

/// The locations that a caller may change, and put others below; nothing: all of them.
using Territory = std::optional<std::set<std::string>>;

Territory TerritoryOf(const ApiCaller& caller) {
  if (!IsRestrictedToLocations(caller)) return std::nullopt;
  const auto seen = SeenBy(caller);
  std::set<std::string> ids;
  for (const int place : seen.places) ids.insert(seen.tree.At(place).location_id);
  return ids;
}

bool Reaches(const Territory& territory, const std::string& location_id) {
  return !territory || territory->contains(location_id);
}

/// Row of the parent; 0: none.
std::int64_t ParentOf(sql::Connection& connection, std::int64_t project, const std::string& id,
                      const Territory& territory) {
  if (id.empty()) {
    if (territory) Refuse("A location without a parent is not for you to make.");
    return 0;
  }
  const auto parent = locations::FindLocation(connection, project, id);
  if (!parent || !Reaches(territory, id)) Refuse("Could not find the parent location " + id + ".");
  return parent->row;
}

std::int64_t TypeOf(sql::Connection& connection, std::int64_t project, const std::string& code) {
  for (const auto& type : locations::ListTypes(connection, project)) {
    if (type.code == code) return type.row;
  }
  Refuse("Could not find the location type '" + code + "'.");
}

void PutTexts(Location& location, const Sent& sent) {
  if (sent.name) location.name = *sent.name;
  if (sent.site_code) location.site_code = *sent.site_code;
  if (sent.latitude) location.latitude = *sent.latitude;
  if (sent.longitude) location.longitude = *sent.longitude;
  if (sent.fields) location.fields = *sent.fields;
}

Location Create(sql::Batch& batch, std::int64_t project, const Sent& sent,
                const Territory& territory) {
  for (const auto& [name, value] :
       {std::pair{"name", &sent.name}, std::pair{"location_type_code", &sent.type_code}}) {
    if (!*value) Refuse("'" + std::string(name) + "' is required.");
  }
  Location location;
  PutTexts(location, sent);
  location.type = TypeOf(batch.connection(), project, *sent.type_code);
  location.parent = ParentOf(batch.connection(), project, sent.parent_id.value_or(""), territory);
  return locations::CreateLocation(batch, project, location);
}

/// The location with the level and the parent that it is to have.
Location Moved(sql::Batch& batch, std::int64_t project, const Location& location, const Sent& sent,
               const Territory& territory) {
  auto& connection = batch.connection();
  auto levelled = location;
  if (sent.type_code) levelled.type = TypeOf(connection, project, *sent.type_code);
  auto parent = location.parent;
  if (sent.parent_id) {
    const auto before = locations::FindByRow(connection, project, location.parent);
    const bool is_same = (before ? before->location_id : "") == *sent.parent_id;
    if (!is_same) parent = ParentOf(connection, project, *sent.parent_id, territory);
  }
  if (levelled.type == location.type && parent == location.parent) return location;
  return locations::MoveLocation(batch, project, levelled, parent);
}

/// @throws Problem kNotFound
Location Change(sql::Batch& batch, std::int64_t project, const Sent& sent,
                const Territory& territory) {
  const auto found = locations::FindLocation(batch.connection(), project, sent.location_id);
  if (!found || found->is_archived || !Reaches(territory, sent.location_id)) {
    throw Problem(ProblemKind::kNotFound, "Could not find the location " + sent.location_id + ".");
  }
  auto location = Moved(batch, project, *found, sent, territory);
  PutTexts(location, sent);
  return locations::ChangeLocation(batch, project, location);
}

/// All or none; the ids in their order. What is taken is wrong here, not in conflict.
std::vector<std::string> Write(sql::Writer& writer, const ApiCaller& caller,
                               const std::vector<Sent>& all) {
  const auto territory = TerritoryOf(caller);
  const auto project = caller.project.row;
  std::vector<std::string> ids;
  try {
    writer.Run(project, [&](sql::Batch& batch) {
      ids.clear();
      for (const auto& sent : all) {
        const auto written = sent.location_id.empty() ? Create(batch, project, sent, territory)
                                                      : Change(batch, project, sent, territory);
        ids.push_back(written.location_id);
      }
    });
  } catch (const Problem& problem) {
    if (problem.kind() == ProblemKind::kConflict) Refuse(problem.told());
    throw;
  }
  return ids;
}

Response Show(const ApiCaller& caller, const std::string& id, int status) {
  const auto seen = SeenBy(caller);
  const int place = PlaceOf(seen, id);
  // Somebody archived it in between.
  if (place < 0) return ReplyNotFound();
  auto response =
      ReplyWithObject([&](json::Writer& out) { WriteLocationV2(out, caller, seen, place); });
  response.status = status;
  return response;
}

Response PostLocation(sql::Writer& writer, const Request& request, const ApiCaller& caller) {
  const auto body = ReadJsonBody(request.body);
  const auto ids = Write(writer, caller, {ReadLocation(RequireObject(body), false)});
  return Show(caller, ids.front(), 201);
}

Response PutLocation(sql::Writer& writer, const Request& request, const ApiCaller& caller) {
  const auto body = ReadJsonBody(request.body);
  auto sent = ReadLocation(RequireObject(body), false);
  sent.location_id = request.captures.at(1);
  try {
    return Show(caller, Write(writer, caller, {sent}).front(), 200);
  } catch (const Problem& problem) {
    if (problem.kind() != ProblemKind::kNotFound) throw;
    return ReplyNotFound();
  }
}

Response PatchLocations(sql::Writer& writer, const Request& request, const ApiCaller& caller) {
  const auto body = ReadJsonBody(request.body);
  const auto* objects = SentList(RequireObject(body), "objects");
  if (objects == nullptr) Refuse("'objects' is required.");
  if (objects->size() > kLocationsPerRequestMax) {
    Refuse("Object count exceeds limit for PATCH method.");
  }
  std::vector<std::string> ids;
  try {
    std::vector<Sent> all;
    for (const auto& one : *objects) all.push_back(ReadLocation(RequireObject(one), true));
    ids = Write(writer, caller, all);
  } catch (const Problem& problem) {
    if (HttpStatusOf(problem.kind()) >= 500) throw;
    return ApiError(400, std::string("Could not update: ") + problem.told());
  }
  std::string text;
  json::Writer out(text);
  out.BeginArray();
  for (const auto& id : ids) out.String(id);
  out.EndArray();
  return Response::Json(202, text);
}

}  // namespace

void AddLocationWriteRoutes(http::Router& router, ApiContext& context, sql::Writer& writer) {
  using http::Method;
  using Writing = Response (*)(sql::Writer&, const Request&, const ApiCaller&);
  const auto add = [&](Method method, const std::string& path, Writing handler) {
    router.AddAsync(method, path, {"api/locations"},
                    Guard(context, Needs("edit_locations"),
                          [&writer, handler](Request& request, const ApiCaller& caller) {
                            return handler(writer, request, caller);
                          }));
  };
  for (const std::string path : {"location/v2", "v0.6/location"}) {
    const auto base = "/a/{domain}/api/" + path;
    add(Method::kPost, base, PostLocation);
    add(Method::kPatch, base, PatchLocations);
    add(Method::kPut, base + "/{id}", PutLocation);
  }
}

}  // namespace outpost::web
