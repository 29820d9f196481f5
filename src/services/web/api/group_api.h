#pragma once

#include <cstddef>

#include "services/web/api/api_access.h"
#include "store/sql/writer.h"

namespace outpost::web {

/// Groups of one PATCH.
inline constexpr std::size_t kGroupsPerRequestMax = 500;

/// Groups of mobile workers (web document 2.7).
void AddGroupRoutes(http::Router& router, ApiContext& context, sql::Writer& writer);

}  // namespace outpost::web
