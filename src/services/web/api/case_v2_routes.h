#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/router.h"
#include "services/web/api/api_access.h"

/// What the routes of the case API share: both of its addresses, its permission and its limits.
namespace outpost::web {

/// Largest body. 5,000 ids of 255 characters and 100 updates of 50 kB fit.
inline constexpr std::int64_t kCaseV2BodyBytesMax = 5LL << 20;
/// Most cases that one request may ask for by id.
inline constexpr std::size_t kCaseV2IdsMax = 5'000;

/// Adds a route below "/a/{domain}/api/case/v2" and below its older name
/// "/a/{domain}/api/v0.6/case". Needs edit_data and access_api.
void AddCaseV2Route(http::Router& router, ApiContext& context, http::Method method,
                    std::string_view below, const ApiHandler& handler);

/// {"error": "Case '<id>' not found"}
http::Response CaseNotFound(std::string_view id);

}  // namespace outpost::web
