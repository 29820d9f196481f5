#pragma once

#include "domain/people/accounts.h"
#include "store/sql/connection.h"

/// The columns of an account "a" in a query, first in its list; kAccountColumnCount of them.
#define OUTPOST_ACCOUNT_COLUMNS                                                          \
  "a.id, a.user_id, a.username, a.kind, a.project, a.password, a.auth_version, a.state," \
  " a.is_superuser, a.is_practice, a.created_on, a.profile"

namespace outpost::people::detail {

inline constexpr int kAccountColumnCount = 12;

Account AccountFromRow(const sql::Rows& rows);

}  // namespace outpost::people::detail
