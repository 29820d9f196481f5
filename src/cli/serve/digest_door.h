#pragma once

#include "http/router.h"
#include "store/sql/database.h"

/// A door for tests (test_doors.h): "test.digest" gives the position and a hash over everything
/// that forms left in the stores, in one snapshot. Two databases with the same digest hold the
/// same.
namespace outpost::cli {

void AddDigestDoor(http::Router& router, sql::Database& database);

}  // namespace outpost::cli
