#pragma once

#include <string>

#include "operations/backup/parcel.h"
#include "store/sql/database.h"
#include "store/sql/writer.h"

/// Which database this is: rows of `meta`.
namespace outpost::backup {

struct Identity {
  DatabaseId database{};   // made once, kept by restores
  std::string generation;  // 16 hex digits, another one after each restore
};

/// What is absent is made.
Identity IdentityOf(sql::Database& database, sql::Writer& writer);

}  // namespace outpost::backup
