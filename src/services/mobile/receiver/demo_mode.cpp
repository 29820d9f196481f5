#include "services/mobile/receiver/demo_mode.h"

#include <string_view>

#include "domain/cases/case_store.h"

namespace outpost::mobile {
namespace {

constexpr std::string_view kDemoUser = "demo_user";
constexpr std::string_view kDemoGroup = "demo_user_group_id";

bool IsDemoId(std::string_view id) { return id.empty() || id == kDemoUser || id == kDemoGroup; }

/// The names in create or update that say whose case it is.
bool AssignsOnlyDemoIds(const cases::Assignments& assignments, bool with_user) {
  for (const auto& [name, value] : assignments) {
    const bool is_identity = name == "owner_id" || (with_user && name == "user_id");
    if (is_identity && !IsDemoId(value.text)) return false;
  }
  return true;
}

bool IsDemoCase(sql::Connection& connection, const sql::Database& database, std::int64_t project,
                std::string_view case_id) {
  const auto found = cases::FindCase(connection, database, project, case_id);
  return !found || (IsDemoId(found->owner_id) && IsDemoId(found->modified_by));
}

bool TouchesOnlyDemoCases(const intake::ParsedSubmission& parsed, sql::Database& database) {
  const std::int64_t project = parsed.submission.project->row;
  const auto connection = database.Read();
  for (const auto& block : parsed.found.blocks) {
    if (!AssignsOnlyDemoIds(block.create, true) || !AssignsOnlyDemoIds(block.update, false)) {
      return false;
    }
    if (!IsDemoCase(*connection, database, project, block.case_id)) return false;
    for (const auto& index : block.indices) {
      if (!IsDemoCase(*connection, database, project, index.referenced_id)) return false;
    }
  }
  return true;
}

}  // namespace

bool IsFromDemoUser(const intake::ParsedSubmission& parsed) {
  return parsed.identity.user_id == kDemoUser;
}

bool MayComeWithoutCredentials(const intake::ParsedSubmission& parsed, sql::Database& database) {
  if (parsed.report) return true;
  return IsFromDemoUser(parsed) && TouchesOnlyDemoCases(parsed, database);
}

}  // namespace outpost::mobile
