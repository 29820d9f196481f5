#pragma once

#include <string>

#include "store/sql/database.h"

namespace outpost::sql::detail {

/// Makes the tables of an empty database, with a hash key of its own.
/// @returns the hash key, 16 bytes; empty when what is there is of another version, or was in use
///          when the machine stopped, and must be thrown away first.
std::string BringUp(Connection& connection, const SideSchema& schema);

}  // namespace outpost::sql::detail
