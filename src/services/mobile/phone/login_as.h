#pragma once

#include <optional>
#include <string>

#include "domain/people/access.h"
#include "services/mobile/phone/phone_access.h"

/// Who may act as whom on the phone's endpoints (restore document 2.3).
namespace outpost::mobile {

struct LoginAsFacts {
  const people::Account& requester;
  const people::Access& access;  // of the requester
  std::string project;
  const people::Account& target;
  bool target_is_member = false;
  bool target_is_in_reach = false;  // of the requester's locations, where that matters
  std::string login_as_user;        // of the target's user data
};

/// Why not, as the answer's text; empty when it is allowed. Restoring as oneself always is.
std::optional<std::string> RefuseLoginAs(const LoginAsFacts& facts);

struct ChosenUser {
  people::Account user;
  std::optional<std::string> refused;  // the text of a 401
};
/// The caller, or, unless `as` is empty, the user of that name where the caller may act for it.
ChosenUser ChooseUser(sql::Connection& connection, const PhoneCaller& caller,
                      const std::string& as);

}  // namespace outpost::mobile
