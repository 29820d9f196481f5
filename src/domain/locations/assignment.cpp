#include "domain/locations/assignment.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/problem.h"
#include "domain/locations/locations.h"
#include "domain/locations/types.h"
#include "domain/people/marks.h"
#include "domain/people/user_data.h"

namespace outpost::locations {
namespace {

/// Whether a location and everything above it is in use; remembers what it read.
class LiveWalk {
 public:
  LiveWalk(sql::Connection& connection, std::int64_t project)
      : connection_(connection), project_(project) {}

  bool IsLive(std::int64_t row) {
    std::set<std::int64_t> seen;
    for (auto at = row; at != 0; at = Read(at).parent) {
      if (Read(at).is_archived || !seen.insert(at).second) return false;
    }
    return true;
  }

 private:
  struct Step {
    std::int64_t parent = 0;
    bool is_archived = true;
  };
  const Step& Read(std::int64_t row) {
    const auto known = steps_.find(row);
    if (known != steps_.end()) return known->second;
    Step step;
    const auto rows = connection_.Query(
        "SELECT parent, is_archived FROM locations WHERE project = $1 AND id = $2",
        {project_, row});
    if (rows->Next()) step = {rows->Int(0), rows->Int(1) != 0};
    return steps_.emplace(row, step).first->second;
  }

  sql::Connection& connection_;
  std::int64_t project_;
  std::map<std::int64_t, Step> steps_;
};

struct Stored {
  std::int64_t primary = 0, changed = 0;
  std::vector<AssignedLocation> locations;
};

Stored ReadStored(sql::Connection& connection, std::int64_t project, std::int64_t account) {
  Stored stored;
  {
    const auto rows = connection.Query(
        "SELECT primary_location, changed FROM account_places WHERE account = $1 AND project = $2",
        {account, project});
    if (!rows->Next()) return stored;
    stored.primary = rows->Int(0);
    stored.changed = rows->Int(1);
  }
  const auto rows = connection.Query(
      "SELECT l.id, l.location_id, l.name, t.code, t.administrative, l.supply_point_id"
      " FROM account_locations a JOIN locations l ON l.id = a.location"
      " JOIN location_types t ON t.id = l.type"
      " WHERE a.account = $1 AND a.project = $2 AND l.project = $2 ORDER BY l.id",
      {account, project});
  while (rows->Next()) {
    stored.locations.push_back({rows->Int(0), rows->String(1), rows->String(2), rows->String(3),
                                rows->Int(4) != 0, rows->String(5)});
  }
  return stored;
}

[[noreturn]] void Refuse(const std::string& why) { throw Problem(ProblemKind::kBadRequest, why); }

Location RequireUsable(sql::Connection& connection, LiveWalk& walk, std::int64_t project,
                       const std::string& id, const std::vector<LocationType>& types) {
  auto location = FindLocation(connection, project, id);
  if (!location) Refuse("Could not find location ids: " + id + ".");
  if (!walk.IsLive(location->row)) Refuse("The location " + location->name + " is archived.");
  for (const auto& type : types) {
    if (type.row == location->type && !type.has_users) {
      Refuse("Locations of the level '" + type.code + "' have no users.");
    }
  }
  return std::move(*location);
}

void RequireMember(sql::Connection& connection, std::int64_t project,
                   const people::Account& account) {
  const auto rows = connection.Query(
      "SELECT 1 FROM memberships WHERE account = $1 AND project = $2", {account.row, project});
  if (!rows->Next()) Refuse(account.username + " is not a member of this project space.");
}

void Write(sql::Batch& batch, std::int64_t project, const people::Account& person,
           const std::set<std::int64_t>& wanted, std::int64_t primary) {
  auto& connection = batch.connection();
  const auto account = person.row;
  const auto stamp = people::NextMarked(batch, project, people::kPeopleMark);
  people::AppendUserChange(batch, stamp, person);
  connection.Execute("DELETE FROM account_locations WHERE account = $1 AND project = $2",
                     {account, project});
  for (const auto row : wanted) {
    connection.Execute(
        "INSERT INTO account_locations (account, project, location) VALUES ($1, $2, $3)",
        {account, project, row});
  }
  connection.Execute(
      "INSERT INTO account_places (account, project, primary_location, changed)"
      " VALUES ($1, $2, $3, $4) ON CONFLICT (account, project) DO UPDATE SET"
      " primary_location = excluded.primary_location, changed = excluded.changed",
      {account, project, primary, stamp.seq});
}

}  // namespace

const AssignedLocation* Assignment::Primary() const {
  for (const auto& location : locations) {
    if (location.location_id == primary) return &location;
  }
  return nullptr;
}

std::vector<std::string> Assignment::Ids() const {
  std::vector<std::string> ids;
  for (const auto& location : locations) ids.push_back(location.location_id);
  return ids;
}

std::vector<std::int64_t> Assignment::Rows() const {
  std::vector<std::int64_t> rows;
  for (const auto& location : locations) rows.push_back(location.row);
  return rows;
}

Assignment AssignmentOf(sql::Connection& connection, std::int64_t project, std::int64_t account) {
  Assignment assignment;
  auto stored = ReadStored(connection, project, account);
  assignment.changed = stored.changed;
  LiveWalk walk(connection, project);
  for (auto& location : stored.locations) {
    assignment.all_rows.push_back(location.row);
    if (!walk.IsLive(location.row)) continue;
    if (location.row == stored.primary) assignment.primary = location.location_id;
    assignment.locations.push_back(std::move(location));
  }
  if (assignment.primary.empty() && !assignment.locations.empty()) {
    assignment.primary = assignment.locations.front().location_id;
  }
  return assignment;
}

void Assign(sql::Batch& batch, std::int64_t project, const people::Account& account,
            std::span<const std::string> location_ids, const std::string& primary) {
  auto& connection = batch.connection();
  if (location_ids.size() > kAssignedMax) Refuse("A user works at 1,000 locations at most.");
  RequireMember(connection, project, account);
  LiveWalk walk(connection, project);
  const auto types = ListTypes(connection, project);
  std::set<std::int64_t> wanted;
  std::int64_t primary_row = 0;
  for (const auto& id : location_ids) {
    const auto location = RequireUsable(connection, walk, project, id, types);
    wanted.insert(location.row);
    const bool is_primary = primary.empty() ? primary_row == 0 : id == primary;
    if (is_primary) primary_row = location.row;
  }
  if (!primary.empty() && primary_row == 0) {
    Refuse("Primary location must be one of the user's locations.");
  }
  const auto stored = ReadStored(connection, project, account.row);
  std::set<std::int64_t> present;
  for (const auto& location : stored.locations) present.insert(location.row);
  if (wanted == present && stored.primary == primary_row) return;
  Write(batch, project, account, wanted, primary_row);
}

std::vector<people::Account> AssignedTo(sql::Connection& connection, std::int64_t project,
                                        std::int64_t location) {
  std::vector<std::int64_t> accounts;
  {
    const auto rows = connection.Query(
        "SELECT account FROM account_locations WHERE location = $1 AND project = $2",
        {location, project});
    while (rows->Next()) accounts.push_back(rows->Int(0));
  }
  std::vector<people::Account> found;
  for (const auto row : accounts) {
    if (auto account = people::FindByRow(connection, row)) found.push_back(std::move(*account));
  }
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.username < b.username; });
  return found;
}

}  // namespace outpost::locations
