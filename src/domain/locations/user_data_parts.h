#pragma once

#include "domain/locations/assignment.h"
#include "domain/people/user_data.h"
#include "domain/projects/projects.h"

namespace outpost::locations {

/// Reads what the user data of somebody in a project space is put together from; people's
/// ComposeApiUserData and ComposePhoneUserData do that.
people::UserDataParts UserDataPartsOf(sql::Connection& connection, const projects::Project& project,
                                      const people::Account& account, const Assignment& assigned);

}  // namespace outpost::locations
