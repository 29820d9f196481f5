#pragma once

#include <functional>
#include <memory>

#include "domain/people/access.h"
#include "domain/people/authenticator.h"
#include "domain/projects/projects.h"
#include "http/router.h"
#include "store/sql/database.h"

/// Who may use the phone's endpoints below /a/{domain}/phone/ (restore document 2).
namespace outpost::mobile {

struct PhoneContext {
  projects::Directory& projects;
  people::Authenticator& authenticator;
  sql::Database& database;
};

struct PhoneCaller {
  std::shared_ptr<const projects::Project> project;
  std::shared_ptr<const people::Account> account;
  people::Access access;
};

struct PhoneRules {
  /// A closed account is told so with 406 instead of 401: only restores and the receiver; phones do
  /// not understand it elsewhere.
  bool tells_closed_accounts = false;
};

/// Calls `admitted` on the thread that knows who is asking (a hashing thread for a new password:
/// hand long work on), or answers. A Problem that `admitted` throws is answered.
using Admitted = std::function<void(PhoneCaller, std::shared_ptr<http::Responder>)>;
void AdmitPhone(PhoneContext& context, http::Request& request, http::Responder responder,
                PhoneRules rules, Admitted admitted);

}  // namespace outpost::mobile
