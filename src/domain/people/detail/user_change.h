#pragma once

#include <cstdint>

#include "domain/people/accounts.h"

namespace outpost::people::detail {

/// Takes a position for a change of what is known about a person in a project space: moves the
/// mark of people there and appends a change record of the user.
void NoteUserChange(sql::Batch& batch, std::int64_t project, const Account& account);

}  // namespace outpost::people::detail
