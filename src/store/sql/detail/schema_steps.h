#pragma once

#include <string>

#include "store/sql/connection.h"

namespace outpost::sql::detail {

/// Applies the steps that are missing, all in one transaction, and makes the hash key of a new
/// database. Steps of a newer release are left alone.
/// @returns the hash key, 16 bytes.
/// @throws Problem kInternal when the database says that this release must not open it.
std::string BringUpToDate(Connection& connection);

}  // namespace outpost::sql::detail
