#include "domain/apps/choose.h"

#include "domain/apps/detail/build_row.h"

namespace outpost::apps {

Target TargetOf(std::string_view text) { return KnownTargetOf(text).value_or(Target::kRelease); }

std::optional<Target> KnownTargetOf(std::string_view text) {
  if (text == "release") return Target::kRelease;
  if (text == "build") return Target::kBuild;
  if (text == "save") return Target::kSave;
  return std::nullopt;
}

std::optional<Build> ChooseNamed(sql::Connection& connection, const Named& named) {
  return named.build ? named.build : NewestBuild(connection, named.app, false);
}

std::optional<Build> ChooseLatest(sql::Connection& connection, const Named& named, Target target) {
  auto newest = NewestBuild(connection, named.app, target == Target::kRelease);
  const bool is_lower = newest && named.build && newest->version < named.build->version;
  return newest && !is_lower ? newest : ChooseNamed(connection, named);
}

std::optional<Build> ReleasedAt(sql::Connection& connection, const App& app,
                                std::span<const std::int64_t> locations) {
  for (const auto location : locations) {
    const auto rows =
        connection.Query(std::string(detail::kBuildColumns) +
                             "WHERE state = 0 AND id = (SELECT build FROM app_location_releases "
                             "WHERE app = $1 AND location = $2)",
                         {app.row, location});
    if (rows->Next()) return detail::BuildOf(*rows);
  }
  return std::nullopt;
}

}  // namespace outpost::apps
