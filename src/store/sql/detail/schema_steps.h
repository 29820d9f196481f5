#pragma once

#include <string>
#include <string_view>

#include "store/sql/connection.h"

namespace outpost::sql::detail {

/// Applies the steps that are missing, all in one transaction, and makes the hash key of a new
/// database. Steps of a newer release are left alone.
/// @returns the hash key, 16 bytes.
/// @throws Problem kInternal when the database says that this release must not open it.
std::string BringUpToDate(Connection& connection);

/// Runs statements separated by ';', with the words of migrations.h.
void RunDdl(Connection& connection, std::string_view ddl);
/// A fact about the database from its table `meta`, "" when absent.
std::string ReadMeta(Connection& connection, std::string_view name);
/// @returns 16 bytes. @throws Problem kInternal when what is stored is no key.
std::string ReadOrMakeHashKey(Connection& connection);

}  // namespace outpost::sql::detail
