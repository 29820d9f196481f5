#include "domain/locations/types.h"

#include <algorithm>

#include "base/problem.h"
#include "base/text.h"
#include "domain/people/marks.h"
#include "format/json/text_map.h"

namespace outpost::locations {
namespace {

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

LocationType TypeFromRow(const sql::Rows& rows) {
  LocationType type;
  type.row = rows.Int(0);
  type.code = rows.Text(1);
  type.name = rows.Text(2);
  type.parent = rows.Text(3);
  type.is_administrative = rows.Int(4) != 0;
  type.shares_cases = rows.Int(5) != 0;
  type.views_descendants = rows.Int(6) != 0;
  type.has_users = rows.Int(7) != 0;
  type.expand_from = rows.Text(8);
  type.expands_from_root = rows.Int(9) != 0;
  type.expand_to = rows.Text(10);
  type.include_without_expanding = rows.Text(11);
  type.include_only = json::ReadTextList(rows.Text(12));
  type.expand_view_child_data_to = rows.Text(13);
  type.modified = rows.Int(14);
  return type;
}

const LocationType* Find(const std::vector<LocationType>& types, std::string_view code) {
  const auto found = std::find_if(types.begin(), types.end(),
                                  [&](const LocationType& type) { return type.code == code; });
  return found == types.end() ? nullptr : &*found;
}

[[noreturn]] void Refuse(const std::string& why) { throw Problem(ProblemKind::kBadRequest, why); }

/// Levels that `type` names, itself among the known ones.
void RequireKnownLevels(const std::vector<LocationType>& types, const LocationType& type) {
  auto named = type.include_only;
  named.insert(named.end(), {type.parent, type.expand_from, type.expand_to,
                             type.include_without_expanding, type.expand_view_child_data_to});
  for (const auto& code : named) {
    if (code.empty() || code == type.code || Find(types, code) != nullptr) continue;
    Refuse("There is no level '" + code + "'. Create it first.");
  }
}

void RequireNoCircle(const std::vector<LocationType>& types, const LocationType& type) {
  std::size_t steps = 0;
  for (std::string_view at = type.parent; !at.empty(); ++steps) {
    if (at == type.code || steps > types.size()) {
      Refuse("The level '" + type.code + "' cannot be below itself.");
    }
    const auto* above = Find(types, at);
    at = above == nullptr ? std::string_view() : std::string_view(above->parent);
  }
}

void Check(const std::vector<LocationType>& types, const LocationType& type) {
  if (!IsTypeCode(type.code)) {
    Refuse("'" + type.code +
           "' cannot be the code of a level: use up to 100 letters, digits, _ and -, begun by a "
           "letter or _, and not by xml.");
  }
  if (CountCharacters(type.name) > kNameCharactersMax) {
    Refuse("The name of a level has at most 255 characters.");
  }
  if (Find(types, type.code) == nullptr && types.size() >= kTypesMax) {
    Refuse("A project space has at most 200 levels.");
  }
  RequireKnownLevels(types, type);
  RequireNoCircle(types, type);
}

bool HasLocations(sql::Connection& connection, std::int64_t project, std::int64_t type) {
  return connection
      .Query("SELECT id FROM locations WHERE project = $1 AND type = $2 LIMIT 1", {project, type})
      ->Next();
}

std::int64_t NextPosition(sql::Batch& batch, std::int64_t project) {
  const auto stamp = people::NextMarked(batch, project, people::kPeopleMark);
  people::MoveMark(batch, project, people::kLocationsMark, stamp.seq);
  return stamp.seq;
}

void Write(sql::Batch& batch, std::int64_t project, const LocationType& type) {
  const auto flag = [](bool is_on) { return std::int64_t{is_on ? 1 : 0}; };
  const auto include_only = json::RenderTextList(type.include_only);
  batch.connection().Execute(
      "INSERT INTO location_types (id, project, code, name, parent, administrative, shares_cases,"
      " view_descendants, has_users, expand_from, expand_from_root, expand_to,"
      " include_without_expanding, include_only, expand_view_child_data_to, modified)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
      " ON CONFLICT (project, code) DO UPDATE SET name = excluded.name, parent = excluded.parent,"
      " administrative = excluded.administrative, shares_cases = excluded.shares_cases,"
      " view_descendants = excluded.view_descendants, has_users = excluded.has_users,"
      " expand_from = excluded.expand_from, expand_from_root = excluded.expand_from_root,"
      " expand_to = excluded.expand_to, include_only = excluded.include_only,"
      " include_without_expanding = excluded.include_without_expanding,"
      " expand_view_child_data_to = excluded.expand_view_child_data_to,"
      " modified = excluded.modified",
      {type.row, project, type.code, type.name, type.parent, flag(type.is_administrative),
       flag(type.shares_cases), flag(type.views_descendants), flag(type.has_users),
       type.expand_from, flag(type.expands_from_root), type.expand_to,
       type.include_without_expanding, include_only, type.expand_view_child_data_to,
       type.modified});
}

}  // namespace

bool IsTypeCode(std::string_view code) {
  return !code.empty() && code.size() <= kTypeCodeCharactersMax && IsLetter(code.front()) &&
         !ToLower(code).starts_with("xml") && std::all_of(code.begin(), code.end(), [](char c) {
           return IsLetter(c) || (c >= '0' && c <= '9') || c == '-';
         });
}

LocationType PutType(sql::Batch& batch, std::int64_t project, const LocationType& type) {
  auto& connection = batch.connection();
  const auto types = ListTypes(connection, project);
  Check(types, type);
  LocationType put = type;
  if (put.name.empty()) put.name = put.code;
  const auto* before = Find(types, put.code);
  if (before != nullptr && before->parent != put.parent &&
      HasLocations(connection, project, before->row)) {
    throw Problem(ProblemKind::kConflict,
                  "There are locations of the level '" + put.code + "': they would lie wrong.");
  }
  put.modified = NextPosition(batch, project);
  put.row = before != nullptr ? before->row : put.modified;
  Write(batch, project, put);
  return put;
}

void DeleteType(sql::Batch& batch, std::int64_t project, std::string_view code) {
  auto& connection = batch.connection();
  const auto type = RequireType(connection, project, code);
  if (HasLocations(connection, project, type.row)) {
    throw Problem(ProblemKind::kConflict, "There are locations of the level '" + type.code + "'.");
  }
  for (const auto& other : ListTypes(connection, project)) {
    if (other.code == type.code) continue;
    const auto names = {other.parent, other.expand_from, other.expand_to,
                        other.include_without_expanding, other.expand_view_child_data_to};
    if (std::find(names.begin(), names.end(), type.code) != names.end() ||
        std::find(other.include_only.begin(), other.include_only.end(), type.code) !=
            other.include_only.end()) {
      throw Problem(ProblemKind::kConflict, "The level '" + other.code + "' refers to it.");
    }
  }
  connection.Execute("DELETE FROM location_types WHERE project = $1 AND id = $2",
                     {project, type.row});
  NextPosition(batch, project);
}

std::vector<LocationType> ListTypes(sql::Connection& connection, std::int64_t project) {
  std::vector<LocationType> types;
  const auto rows = connection.Query(
      "SELECT id, code, name, parent, administrative, shares_cases, view_descendants, has_users,"
      " expand_from, expand_from_root, expand_to, include_without_expanding, include_only,"
      " expand_view_child_data_to, modified FROM location_types WHERE project = $1 ORDER BY code",
      {project});
  while (rows->Next()) types.push_back(TypeFromRow(*rows));
  return types;
}

LocationType RequireType(sql::Connection& connection, std::int64_t project, std::string_view code) {
  const auto types = ListTypes(connection, project);
  if (const auto* type = Find(types, code)) return *type;
  std::string known;
  for (const auto& type : types) known += (known.empty() ? "" : ", ") + type.code;
  throw Problem(ProblemKind::kNotFound,
                "There is no level '" + std::string(code) +
                    "'. Levels: " + (known.empty() ? std::string("none yet") : known) + ".");
}

}  // namespace outpost::locations
