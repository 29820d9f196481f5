#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/sql/writer.h"

/// Levels of a project space's locations ("location types"; web document 9.5, restore document 7
/// and 13.3). They form a tree of their own: a location's parent is of its level's parent level.
namespace outpost::locations {

inline constexpr std::size_t kTypesMax = 200;  // of a project space
inline constexpr std::size_t kTypeCodeCharactersMax = 100;
inline constexpr std::size_t kNameCharactersMax = 255;

/// Other levels are named by their code; "" is none.
struct LocationType {
  std::int64_t row = 0;
  std::string code;  // [A-Za-z_][A-Za-z0-9_-]*: names of elements and attributes on phones
  std::string name;  // the code when empty
  std::string parent;
  bool is_administrative = false;  // keeps no stock
  bool shares_cases = false;       // "owns cases"
  bool views_descendants = false;  // "view child data"
  bool has_users = true;
  // Which locations the phones of its workers get.
  std::string expand_from;
  bool expands_from_root = false;
  std::string expand_to;
  std::string include_without_expanding;
  std::vector<std::string> include_only;
  // How far down "view child data" reaches, where the project space limits that.
  std::string expand_view_child_data_to;
  std::int64_t modified = 0;
};

bool IsTypeCode(std::string_view code);

/// Creates the level or replaces what is known under its code. Moves kPeopleMark and
/// kLocationsMark.
/// @throws Problem kBadRequest for a code that cannot be one, a level named that does not exist, a
///         parent that would close a circle, one level too many; kConflict when locations exist
///         whose parents would then be of the wrong level
LocationType PutType(sql::Batch& batch, std::int64_t project, const LocationType& type);
/// @throws Problem kConflict while locations or other levels need it, kNotFound
void DeleteType(sql::Batch& batch, std::int64_t project, std::string_view code);
/// By code.
std::vector<LocationType> ListTypes(sql::Connection& connection, std::int64_t project);
/// @throws Problem kNotFound that lists the codes there are
LocationType RequireType(sql::Connection& connection, std::int64_t project, std::string_view code);

}  // namespace outpost::locations
