#include "services/mobile/phone/login_as.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "domain/fixtures/restore_fixtures.h"
#include "domain/locations/assignment.h"
#include "domain/locations/tree.h"

namespace outpost::mobile {
namespace {

/// The requester may act for those only whose user data names it, or "default" where it may use
/// those.
bool IsNamed(const LoginAsFacts& facts) {
  for (const auto name : Split(facts.login_as_user, ' ')) {
    if (EqualsIgnoreCase(name, facts.requester.username)) return true;
    if (EqualsIgnoreCase(name, "default") && facts.access.May("access_default_login_as_user")) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::optional<std::string> RefuseLoginAs(const LoginAsFacts& facts) {
  const auto& [requester, access, project, target, is_member, is_in_reach, login_as] = facts;
  if (target.row == requester.row) return std::nullopt;
  if (!is_member && !target.is_superuser) {
    return target.username + " was not in the domain " + project;
  }
  if (!access.May("access_all_locations") && !is_in_reach) {
    return "Restore user " + target.username + " not in allowed locations";
  }
  if (requester.kind == people::Kind::kMobileWorker && !access.May("edit_commcare_users")) {
    return requester.username + " does not have permission to edit commcare users";
  }
  const bool is_limited = access.May("limited_login_as") && !access.May("login_as_all_users");
  if (is_limited && !IsNamed(facts)) {
    return target.username + " is not available as login-as user for " + requester.username;
  }
  return std::nullopt;
}

namespace {

/// The target works at one of the requester's locations or below it.
bool IsInReach(sql::Connection& connection, const PhoneCaller& caller,
               const people::Account& target) {
  if (caller.access.May("access_all_locations")) return true;
  const auto project = caller.project->row;
  const auto tree = locations::LoadTree(connection, project);
  const auto own = locations::LiveOf(
      tree, locations::AssignmentOf(connection, project, caller.account->row).Rows());
  const auto theirs =
      locations::LiveOf(tree, locations::AssignmentOf(connection, project, target.row).Rows());
  return std::any_of(theirs.begin(), theirs.end(), [&](int location) {
    const auto path = locations::PathOf(tree, location);
    return std::find_first_of(path.begin(), path.end(), own.begin(), own.end()) != path.end();
  });
}

}  // namespace

ChosenUser ChooseUser(sql::Connection& connection, const PhoneCaller& caller,
                      const std::string& as) {
  if (as.empty()) return {*caller.account, {}};
  const auto& project = *caller.project;
  auto target = people::FindByUsername(connection, people::FullUsername(as, project.name));
  if (!target || target->state == people::State::kDeleted) {
    return {{}, "Invalid restore as user " + as};
  }
  const auto access = people::AccessOf(connection, *target, project.row);
  const auto data = fixtures::UserDataOf(connection, project, *target);
  const auto login_as = data.find("login_as_user");
  auto refused = RefuseLoginAs({*caller.account, caller.access, project.name, *target,
                                access.is_member, IsInReach(connection, caller, *target),
                                login_as == data.end() ? "" : login_as->second});
  return {std::move(*target), std::move(refused)};
}

}  // namespace outpost::mobile
