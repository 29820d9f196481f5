#include "services/mobile/restore/restore_as.h"

#include "base/text.h"

namespace outpost::mobile {
namespace {

/// The requester may act for those only whose user data names it, or "default" where it may use
/// those.
bool IsNamed(const RestoreAsFacts& facts) {
  for (const auto name : Split(facts.login_as_user, ' ')) {
    if (EqualsIgnoreCase(name, facts.requester.username)) return true;
    if (EqualsIgnoreCase(name, "default") && facts.access.May("access_default_login_as_user")) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::optional<std::string> RefuseRestoreAs(const RestoreAsFacts& facts) {
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

}  // namespace outpost::mobile
