#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "domain/people/accounts.h"
#include "store/sql/writer.h"

/// Which locations somebody works at (web document 9.5). Nobody's rights are remembered by them:
/// what is remembered about credentials stays.
namespace outpost::locations {

inline constexpr std::size_t kAssignedMax = 1'000;  // locations of one account in a project space

struct AssignedLocation {
  std::int64_t row = 0;
  std::string location_id, name, type_code;
  bool is_administrative = false;
  std::string supply_point_id;
};

/// Without locations that are archived or lie below one that is.
struct Assignment {
  std::vector<AssignedLocation> locations;  // by row
  std::string primary;                      // id; "" without one
  /// Rows of everything assigned, archived ones too: what ModifiedForPhone wants.
  std::vector<std::int64_t> all_rows;
  std::int64_t changed = 0;  // position; 0: nothing was ever assigned

  /// Null without one.
  const AssignedLocation* Primary() const;
  std::vector<std::string> Ids() const;
  std::vector<std::int64_t> Rows() const;
};

/// Where the primary location is archived the first of the others stands in.
Assignment AssignmentOf(sql::Connection& connection, std::int64_t project, std::int64_t account);

/// Replaces the assignment; when something changes moves kPeopleMark and appends a change record
/// of the user. An empty `primary` is the
/// first of `location_ids`.
/// @throws Problem kBadRequest for an unknown or archived location, one whose level has no users, a
///         primary location that is not among them, too many, an account that is no member
void Assign(sql::Batch& batch, std::int64_t project, const people::Account& account,
            std::span<const std::string> location_ids, const std::string& primary);

/// User ids of those assigned to a location itself, in every state, by user name.
std::vector<people::Account> AssignedTo(sql::Connection& connection, std::int64_t project,
                                        std::int64_t location);

}  // namespace outpost::locations
