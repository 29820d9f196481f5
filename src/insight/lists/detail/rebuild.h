#pragma once

#include <cstdint>
#include <functional>

#include "store/query/query.h"
#include "store/sql/database.h"

namespace outpost::lists::detail {

/// Told after every slice: rows done and how many there are; false ends the work.
using Progress = std::function<bool(std::int64_t done, std::int64_t total)>;

/// Fills the lists from the primary database's tables. Rows are as new as the moment at which they
/// were read: the lists are of one piece only after every change between the begin and the end of
/// this work was followed. @returns false when `progress` ended it.
bool Rebuild(sql::Database& primary, sql::Database& query, sql::Connection& writing,
             const Progress& progress);

}  // namespace outpost::lists::detail
