#pragma once

#include "services/web/api/api_access.h"

namespace outpost::web {

/// Locations and their levels, for reading (web document 2.8).
void AddLocationRoutes(http::Router& router, ApiContext& context);    // location_api.cpp
void AddLocationV2Routes(http::Router& router, ApiContext& context);  // location_v2_api.cpp

}  // namespace outpost::web
