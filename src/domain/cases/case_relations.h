#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/sql/database.h"

/// What leads to a case and from it, by the indexes of the primary database.
namespace outpost::cases {

/// Ids of the cases that have an index to this one and are not deleted, in order.
std::vector<std::string> IdsOfReferring(sql::Connection& connection, const sql::Database& database,
                                        std::int64_t project, std::string_view case_id);
/// Rows of the cases whose index of this identifier leads to the case.
std::vector<std::int64_t> RowsOfReferring(sql::Connection& connection,
                                          const sql::Database& database, std::int64_t project,
                                          std::string_view identifier, std::string_view case_id);
/// Rows of the forms that touched the case, archived ones too.
std::vector<std::int64_t> RowsOfForms(sql::Connection& connection, const sql::Database& database,
                                      std::int64_t project, std::string_view case_id);

}  // namespace outpost::cases
