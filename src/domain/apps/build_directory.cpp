#include "domain/apps/build_directory.h"

#include "base/clock.h"

namespace outpost::apps {
namespace {

/// The app that a build is of.
std::optional<std::string> AppOfBuild(sql::Connection& connection, std::int64_t project,
                                      std::string_view id) {
  const auto rows = connection.Query(
      "SELECT a.app_id FROM app_builds b JOIN apps a ON a.id = b.app "
      "WHERE b.project = $1 AND b.build_id = $2 AND b.state = 0",
      {project, id});
  if (!rows->Next()) return std::nullopt;
  return rows->String(0);
}

}  // namespace

std::optional<std::int64_t> VersionOfBuild(sql::Connection& connection, std::int64_t project,
                                           std::string_view build_id) {
  const auto rows = connection.Query(
      "SELECT version FROM app_builds WHERE project = $1 AND build_id = $2 AND state = 0",
      {project, build_id});
  if (!rows->Next()) return std::nullopt;
  return rows->Int(0);
}

MeantApp BuildDirectory::Find(std::int64_t project, std::string_view id) {
  const std::string key = std::to_string(project) + "/" + std::string(id);
  {
    const std::lock_guard lock(mutex_);
    const auto known = entries_.find(key);
    const bool is_good = known != entries_.end() &&
                         (known->second.forget_at == 0 || known->second.forget_at > SteadyMicros());
    if (is_good) return known->second.meant;
  }
  Entry entry;
  if (const auto app = AppOfBuild(*database_.Read(), project, id)) {
    entry.meant = {*app, std::string(id)};
  } else {
    entry.meant.app_id = id;
    entry.forget_at = SteadyMicros() + kUnknownMicros;
  }
  const std::lock_guard lock(mutex_);
  if (entries_.size() >= kEntriesMax) entries_.clear();
  return entries_.insert_or_assign(key, std::move(entry)).first->second.meant;
}

}  // namespace outpost::apps
