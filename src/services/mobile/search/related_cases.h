#pragma once

#include <string>
#include <vector>

#include "domain/cases/case.h"
#include "domain/projects/projects.h"
#include "services/mobile/search/search_params.h"
#include "store/sql/database.h"

namespace outpost::mobile {

/// Cases that come with the found ones: those joined to them by indices (their ancestors, their
/// extensions, their children), or named by a property, as the search asks. Open and closed, none
/// of the found ones, by row.
/// @throws Problem kBadRequest when there are more than kRelatedMax
std::vector<cases::Case> RelatedTo(sql::Connection& connection, const sql::Database& database,
                                   std::int64_t project, const std::vector<cases::Case>& found,
                                   const SearchParams& params);

/// The named cases with everything that a phone would need with them (the live network of 8.2).
std::vector<cases::Case> NetworkOf(sql::Connection& connection, const sql::Database& database,
                                   std::int64_t project, const std::vector<cases::Case>& named);

}  // namespace outpost::mobile
