#pragma once

#include "services/web/api/api_access.h"

namespace outpost::web {

/// Lookup tables and their rows, for reading (web document 2.11).
void AddLookupRoutes(http::Router& router, ApiContext& context);

}  // namespace outpost::web
