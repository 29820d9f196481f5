#pragma once

#include <optional>
#include <string>

#include "domain/people/access.h"

/// Who may restore as whom (restore document 2.3).
namespace outpost::mobile {

struct RestoreAsFacts {
  const people::Account& requester;
  const people::Access& access;  // of the requester
  std::string project;
  const people::Account& target;
  bool target_is_member = false;
  bool target_is_in_reach = false;  // of the requester's locations, where that matters
  std::string login_as_user;        // of the target's user data
};

/// Why not, as the answer's text; empty when it is allowed. Restoring as oneself always is.
std::optional<std::string> RefuseRestoreAs(const RestoreAsFacts& facts);

}  // namespace outpost::mobile
