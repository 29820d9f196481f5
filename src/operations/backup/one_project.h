#pragma once

#include <string_view>

#include "store/sql/database.h"

/// A restored database with one project space left in it.
namespace outpost::backup {

/// Removes every other project space, people who belong to none that is left (but not superusers),
/// sessions and links, files that nothing names any more, and what the server noted of itself. Then
/// the file is written anew: nothing of what was removed is left in it. SQLite; needs as much room
/// again. @throws Problem kNotFound when there is no such project space
void KeepOneProject(sql::Connection& writing, std::string_view project);

}  // namespace outpost::backup
