#include "domain/locations/people_at.h"

#include <algorithm>
#include <set>

namespace outpost::locations {

std::vector<std::string> UserIdsAt(sql::Connection& connection, std::int64_t project,
                                   std::span<const std::int64_t> locations) {
  const auto rows = connection.Query(
      "SELECT p.user_id, a.location FROM account_locations a JOIN accounts p ON p.id = a.account"
      " WHERE a.project = $1",
      {project});
  std::set<std::string> ids;
  while (rows->Next()) {
    if (std::binary_search(locations.begin(), locations.end(), rows->Int(1))) {
      ids.insert(rows->String(0));
    }
  }
  return {ids.begin(), ids.end()};
}

}  // namespace outpost::locations
