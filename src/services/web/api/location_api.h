#pragma once

#include <cstddef>

#include "format/json/writer.h"
#include "services/web/api/api_access.h"
#include "services/web/api/seen_locations.h"
#include "store/sql/writer.h"

namespace outpost::web {

/// Locations of one PATCH.
inline constexpr std::size_t kLocationsPerRequestMax = 100;

/// Locations and their levels (web document 2.8).
void AddLocationRoutes(http::Router& router, ApiContext& context);    // location_api.cpp
void AddLocationV2Routes(http::Router& router, ApiContext& context);  // location_v2_api.cpp
/// Making and changing them over version 2.
void AddLocationWriteRoutes(http::Router& router, ApiContext& context,
                            sql::Writer& writer);  // location_v2_write.cpp

/// A location as version 2 shows it.
void WriteLocationV2(json::Writer& out, const ApiCaller& caller, const SeenLocations& seen,
                     int place);

}  // namespace outpost::web
