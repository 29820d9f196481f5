#include "services/mobile/receiver/demo_mode.h"

#include <algorithm>
#include <string_view>

#include "domain/cases/case_store.h"
#include "domain/forms/form_store.h"
#include "domain/people/accounts.h"

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

/// The stores as a form without credentials may see them.
struct Stores {
  sql::Connection& connection;
  const sql::Database& database;
  std::int64_t project;

  bool IsDemoCase(std::string_view case_id) const {
    const auto found = cases::FindCase(connection, database, project, case_id);
    return !found || (IsDemoId(found->owner_id) && IsDemoId(found->modified_by));
  }
  bool IsDemoForm(std::string_view form_id) const {
    const auto found = forms::FindForm(connection, database, project, form_id);
    return !found || found->user_id == kDemoUser;
  }
};

bool IsDemoBlock(const cases::CaseBlock& block, const Stores& stores) {
  return AssignsOnlyDemoIds(block.create, true) && AssignsOnlyDemoIds(block.update, false) &&
         stores.IsDemoCase(block.case_id) &&
         std::all_of(block.indices.begin(), block.indices.end(),
                     [&](const auto& index) { return stores.IsDemoCase(index.referenced_id); });
}

bool TouchesOnlyDemoData(const intake::ParsedSubmission& parsed, sql::Database& database) {
  const auto connection = database.Read();
  const Stores stores{*connection, database, parsed.submission.project->row};
  const auto& blocks = parsed.found.blocks;
  const auto& movements = parsed.ledgers.movements;
  return stores.IsDemoForm(parsed.identity.form_id) &&
         std::all_of(blocks.begin(), blocks.end(),
                     [&](const auto& block) { return IsDemoBlock(block, stores); }) &&
         std::all_of(movements.begin(), movements.end(),
                     [&](const auto& movement) { return stores.IsDemoCase(movement.key.case_id); });
}

}  // namespace

bool IsFromDemoUser(const intake::ParsedSubmission& parsed) {
  return parsed.identity.user_id == kDemoUser && !parsed.identity.has_old_meta;
}

bool IsFromPracticeWorker(const intake::ParsedSubmission& parsed, sql::Database& database) {
  if (!parsed.identity.user_id || parsed.identity.has_old_meta) return false;
  const auto account = people::FindByUserId(*database.Read(), *parsed.identity.user_id);
  return account && account->is_practice && account->kind == people::Kind::kMobileWorker &&
         account->project == parsed.submission.project->row;
}

bool MayComeWithoutCredentials(const intake::ParsedSubmission& parsed, sql::Database& database) {
  if (parsed.report) return true;
  return IsFromDemoUser(parsed) && TouchesOnlyDemoData(parsed, database);
}

}  // namespace outpost::mobile
