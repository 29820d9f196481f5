#include "domain/locations/locations.h"

#include <algorithm>

#include "base/ids.h"
#include "base/problem.h"
#include "base/text.h"
#include "domain/locations/detail/location_row.h"
#include "domain/locations/detail/location_rules.h"
#include "domain/people/custom_fields.h"
#include "domain/people/marks.h"
#include "format/json/text_map.h"

namespace outpost::locations {
namespace {

std::optional<Location> One(const std::unique_ptr<sql::Rows>& rows) {
  if (!rows->Next()) return std::nullopt;
  return detail::LocationFromRow(*rows);
}

std::optional<Location> FindBySiteCode(sql::Connection& connection, std::int64_t project,
                                       std::string_view site_code) {
  return One(connection.Query("SELECT " OUTPOST_LOCATION_COLUMNS
                              " FROM locations l WHERE l.project = $1 AND l.site_code = $2",
                              {project, site_code}));
}

void RefuseTaken(const std::string& what) { throw Problem(ProblemKind::kConflict, what); }

/// The level and the parent there, and nobody of that name beside it.
void RequirePlace(sql::Connection& connection, std::int64_t project, const Location& location) {
  const auto types = ListTypes(connection, project);
  const auto type_of = [&](std::int64_t row) -> const LocationType* {
    const auto found = std::find_if(types.begin(), types.end(),
                                    [&](const LocationType& type) { return type.row == row; });
    return found == types.end() ? nullptr : &*found;
  };
  const auto* type = type_of(location.type);
  if (type == nullptr) throw Problem(ProblemKind::kBadRequest, "There is no such level.");
  std::optional<Location> parent;
  if (location.parent != 0) {
    parent = FindByRow(connection, project, location.parent);
    if (!parent) throw Problem(ProblemKind::kBadRequest, "There is no such parent location.");
  }
  detail::CheckLevel(*type, parent ? &*parent : nullptr, parent ? type_of(parent->type) : nullptr);
  const auto rows = connection.Query(
      "SELECT id FROM locations WHERE project = $1 AND parent = $2 AND name = $3 AND"
      " is_archived = 0 AND id <> $4 LIMIT 1",
      {project, location.parent, location.name, location.row});
  if (rows->Next()) RefuseTaken("There is already a location " + location.name + " there.");
}

/// What lies below has levels that belong below the one it has.
void RequireNothingBelow(sql::Connection& connection, std::int64_t project,
                         const Location& location) {
  const auto rows =
      connection.Query("SELECT 1 FROM locations WHERE project = $1 AND parent = $2 LIMIT 1",
                       {project, location.row});
  if (!rows->Next()) return;
  throw Problem(ProblemKind::kBadRequest,
                location.name + " has locations below it: its level cannot change.");
}

/// The fields as they are stored.
std::string CheckedFields(sql::Connection& connection, std::int64_t project,
                          const Location& location) {
  const auto fields = people::ListFields(connection, project, people::FieldsOf::kLocations);
  const auto problems =
      people::ProblemsOfValues(fields, location.fields, people::ValuesOf::kLocation);
  if (!problems.empty()) throw Problem(ProblemKind::kBadRequest, problems);
  auto text = json::RenderTextMap(location.fields);
  if (text.size() > kFieldsBytesMax) {
    throw Problem(ProblemKind::kBadRequest, "The fields of a location have at most 64 kB.");
  }
  return text;
}

void RequireFreeSiteCode(sql::Connection& connection, std::int64_t project,
                         const Location& location) {
  const auto other = FindBySiteCode(connection, project, location.site_code);
  if (other && other->row != location.row) {
    RefuseTaken("The site code " + location.site_code + " is taken.");
  }
}

/// "name", "name1", "name2", …
std::string FreeSiteCode(sql::Connection& connection, std::int64_t project,
                         const std::string& name) {
  auto code = SiteCodeOf(name);
  if (code.empty()) code = "location";
  auto tried = code;
  for (int number = 1; FindBySiteCode(connection, project, tried); ++number) {
    const auto ending = std::to_string(number);
    tried = code.substr(0, kSiteCodeCharactersMax - ending.size()) + ending;
  }
  return tried;
}

sql::Stamp NextPosition(sql::Batch& batch, std::int64_t project) {
  const auto stamp = people::NextMarked(batch, project, people::kPeopleMark);
  people::MoveMark(batch, project, people::kLocationsMark, stamp.seq);
  return stamp;
}

void Touch(sql::Batch& batch, std::int64_t project, std::int64_t row, sql::Stamp stamp) {
  batch.connection().Execute(
      "UPDATE locations SET modified_on = $1, modified = $2 WHERE project = $3 AND id = $4",
      {stamp.at.micros, stamp.seq, project, row});
}

Location Again(sql::Batch& batch, std::int64_t project, std::int64_t row) {
  auto location = FindByRow(batch.connection(), project, row);
  if (!location) throw Problem(ProblemKind::kNotFound, "There is no such location.");
  return std::move(*location);
}

}  // namespace

std::string SiteCodeOf(std::string_view name) {
  std::string code;
  for (const char c : ToLower(Trim(name))) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-') code += c;
    if (c == ' ') code += '_';
  }
  code.resize(std::min(code.size(), kSiteCodeCharactersMax));
  return code;
}

Location CreateLocation(sql::Batch& batch, std::int64_t project, const Location& location) {
  auto& connection = batch.connection();
  Location created = location;
  created.row = 0;
  if (created.location_id.empty()) created.location_id = NewHexId();
  if (created.site_code.empty()) {
    created.site_code = FreeSiteCode(connection, project, created.name);
  }
  detail::CheckTexts(created);
  RequirePlace(connection, project, created);
  RequireFreeSiteCode(connection, project, created);
  if (FindLocation(connection, project, created.location_id)) {
    RefuseTaken("There is already a location " + created.location_id + ".");
  }
  const auto fields = CheckedFields(connection, project, created);
  const auto stamp = NextPosition(batch, project);
  created.row = created.modified = stamp.seq;
  created.created_on = created.modified_on = stamp.at;
  connection.Execute(
      "INSERT INTO locations (id, project, location_id, name, site_code, type, parent,"
      " external_id, latitude, longitude, fields, is_archived, supply_point_id, created_on,"
      " modified_on, modified)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
      {created.row, project, created.location_id, created.name, created.site_code, created.type,
       created.parent, created.external_id, created.latitude, created.longitude, fields,
       std::int64_t{created.is_archived ? 1 : 0}, created.supply_point_id, stamp.at.micros,
       stamp.at.micros, created.modified});
  return created;
}

Location ChangeLocation(sql::Batch& batch, std::int64_t project, const Location& location) {
  auto& connection = batch.connection();
  detail::CheckTexts(location);
  RequirePlace(connection, project, location);
  RequireFreeSiteCode(connection, project, location);
  const auto fields = CheckedFields(connection, project, location);
  const auto stamp = NextPosition(batch, project);
  connection.Execute(
      "UPDATE locations SET name = $1, site_code = $2, external_id = $3, latitude = $4,"
      " longitude = $5, fields = $6, supply_point_id = $7 WHERE project = $8 AND id = $9",
      {location.name, location.site_code, location.external_id, location.latitude,
       location.longitude, fields, location.supply_point_id, project, location.row});
  Touch(batch, project, location.row, stamp);
  return Again(batch, project, location.row);
}

Location MoveLocation(sql::Batch& batch, std::int64_t project, const Location& location,
                      std::int64_t parent) {
  auto& connection = batch.connection();
  auto moved = location;
  moved.parent = parent;
  RequirePlace(connection, project, moved);
  const auto before = FindByRow(connection, project, location.row);
  if (before && before->type != location.type) RequireNothingBelow(connection, project, location);
  const auto stamp = NextPosition(batch, project);
  connection.Execute("UPDATE locations SET parent = $1, type = $2 WHERE project = $3 AND id = $4",
                     {parent, location.type, project, location.row});
  for (const auto row : {location.row, location.parent, parent}) Touch(batch, project, row, stamp);
  people::MoveMark(batch, project, people::kUserDataMark, stamp.seq);
  return Again(batch, project, location.row);
}

Location SetArchived(sql::Batch& batch, std::int64_t project, const Location& location,
                     bool is_archived) {
  if (!is_archived) RequirePlace(batch.connection(), project, location);
  const auto stamp = NextPosition(batch, project);
  batch.connection().Execute("UPDATE locations SET is_archived = $1 WHERE project = $2 AND id = $3",
                             {std::int64_t{is_archived ? 1 : 0}, project, location.row});
  Touch(batch, project, location.row, stamp);
  people::MoveMark(batch, project, people::kUserDataMark, stamp.seq);
  return Again(batch, project, location.row);
}

std::optional<Location> FindLocation(sql::Connection& connection, std::int64_t project,
                                     std::string_view location_id) {
  return One(connection.Query("SELECT " OUTPOST_LOCATION_COLUMNS
                              " FROM locations l WHERE l.project = $1 AND l.location_id = $2",
                              {project, location_id}));
}

std::optional<Location> FindByRow(sql::Connection& connection, std::int64_t project,
                                  std::int64_t row) {
  return One(connection.Query("SELECT " OUTPOST_LOCATION_COLUMNS
                              " FROM locations l WHERE l.project = $1 AND l.id = $2",
                              {project, row}));
}

Location RequireLocation(sql::Connection& connection, std::int64_t project,
                         std::string_view id_or_site_code) {
  auto found = FindLocation(connection, project, id_or_site_code);
  if (!found) found = FindBySiteCode(connection, project, id_or_site_code);
  if (!found) {
    throw Problem(ProblemKind::kNotFound,
                  "There is no location " + std::string(id_or_site_code) + ".");
  }
  return std::move(*found);
}

std::vector<Location> ListLocations(sql::Connection& connection, std::int64_t project,
                                    std::int64_t after, int limit) {
  std::vector<Location> page;
  const auto rows = connection.Query("SELECT " OUTPOST_LOCATION_COLUMNS
                                     " FROM locations l WHERE l.project = $1 AND l.id > $2"
                                     " ORDER BY l.id LIMIT $3",
                                     {project, after, std::int64_t{limit}});
  while (rows->Next()) page.push_back(detail::LocationFromRow(*rows));
  return page;
}

std::vector<Location> ReadLocations(sql::Connection& connection, std::int64_t project,
                                    std::span<const std::int64_t> rows) {
  std::vector<Location> found(rows.size());
  std::vector<std::vector<sql::Param>> sets;
  for (const auto row : rows) sets.push_back({project, row});
  connection.QueryEach("SELECT " OUTPOST_LOCATION_COLUMNS
                       " FROM locations l WHERE l.project = $1 AND l.id = $2",
                       sets, [&](std::size_t index, const sql::Rows& row) {
                         found[index] = detail::LocationFromRow(row);
                       });
  return found;
}

}  // namespace outpost::locations
