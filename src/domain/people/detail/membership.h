#pragma once

#include "domain/people/accounts.h"
#include "store/sql/writer.h"

namespace outpost::people::detail {

/// Part of making a worker: its version need not move. A project space without the default roles
/// gets them.
void JoinWithDefaultRole(sql::Batch& batch, const Account& worker);

}  // namespace outpost::people::detail
