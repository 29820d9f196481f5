#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "store/sql/writer.h"

/// Locations of a project space: a tree by level (web document 2.8, 9.5).
///
/// Every change gives the location a new position (`modified`) and moves kPeopleMark and
/// kLocationsMark. One that is archived counts as gone together with everything below it.
namespace outpost::locations {

inline constexpr std::size_t kSiteCodeCharactersMax = 100;
inline constexpr std::size_t kFieldsBytesMax = 64 * 1024;  // custom fields of a location, as JSON

struct Location {
  std::int64_t row = 0;
  std::string location_id;  // 32 hex digits, or whatever a migration brought
  std::string name;
  std::string site_code;    // [a-z0-9_-]+, unique in the project space
  std::int64_t type = 0;    // row of its level
  std::int64_t parent = 0;  // row; 0: a root
  std::string external_id;
  std::string latitude, longitude;  // decimal texts; "" unknown
  std::map<std::string, std::string> fields;
  bool is_archived = false;
  std::string supply_point_id;  // case id
  Instant created_on, modified_on;
  std::int64_t modified = 0;
};

/// Creates a location. `location.type` names its level, `location.parent` its parent; an empty
/// location_id or site_code is made up.
/// @throws Problem kBadRequest for a level that does not belong there, values over their limits or
///         that the project's fields do not allow; kConflict for an id, a site code or a sibling's
///         name that is taken
Location CreateLocation(sql::Batch& batch, std::int64_t project, const Location& location);
/// Writes name, site code, external id, place, fields and supply point. @throws the same
Location ChangeLocation(sql::Batch& batch, std::int64_t project, const Location& location);
/// With everything below it. `parent`: a row, 0 to make it a root; `location.type` may be another
/// level where nothing is below it. The old and the new parent
/// count as modified too: a phone that loses or gets it has one of them. @throws the same
Location MoveLocation(sql::Batch& batch, std::int64_t project, const Location& location,
                      std::int64_t parent);
Location SetArchived(sql::Batch& batch, std::int64_t project, const Location& location,
                     bool is_archived);

std::optional<Location> FindLocation(sql::Connection& connection, std::int64_t project,
                                     std::string_view location_id);
std::optional<Location> FindByRow(sql::Connection& connection, std::int64_t project,
                                  std::int64_t row);
/// By id, else by site code. @throws Problem kNotFound
Location RequireLocation(sql::Connection& connection, std::int64_t project,
                         std::string_view id_or_site_code);
/// By row, after `after`; archived ones too.
std::vector<Location> ListLocations(sql::Connection& connection, std::int64_t project,
                                    std::int64_t after, int limit);

/// Those with these rows, in this order; a row that is none gives an empty one. One round trip.
std::vector<Location> ReadLocations(sql::Connection& connection, std::int64_t project,
                                    std::span<const std::int64_t> rows);

/// A site code for a name: lower-case, blanks to '_', what cannot be in one left out.
std::string SiteCodeOf(std::string_view name);

}  // namespace outpost::locations
