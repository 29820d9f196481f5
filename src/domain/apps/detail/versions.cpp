#include "domain/apps/detail/versions.h"

#include <algorithm>

namespace outpost::apps::detail {

KnownResources ReadKnownResources(sql::Connection& connection, const App& app) {
  KnownResources known;
  const auto rows = connection.Query(
      "SELECT f.resource_id, f.version, f.blob, f.original FROM app_files f "
      "JOIN app_builds b ON b.id = f.build "
      "WHERE b.app = $1 AND b.state = 0 AND f.resource_id <> '' ORDER BY b.version",
      {app.row});
  while (rows->Next()) {
    auto& entry = known[rows->String(0)];
    entry.version = std::max(entry.version, rows->Int(1));
    entry.blob = rows->String(rows->Text(3).empty() ? 2 : 3);
  }
  return known;
}

std::int64_t LeafVersion(const Known* known, std::string_view blob, std::int64_t declared,
                         std::int64_t app_version) {
  if (known == nullptr) return declared;
  if (known->blob == blob) return known->version;
  return declared > known->version ? declared : std::max(app_version, known->version + 1);
}

std::int64_t SuiteVersion(std::int64_t declared, std::int64_t app_version) {
  return std::max(declared, app_version);
}

}  // namespace outpost::apps::detail
