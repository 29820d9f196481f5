#pragma once

#include "services/web/api/api_access.h"

namespace outpost::web {

/// Groups of mobile workers, for reading (web document 2.7).
void AddGroupRoutes(http::Router& router, ApiContext& context);

}  // namespace outpost::web
