#pragma once

#include "http/router.h"
#include "services/web/api/api_access.h"

/// Who is asking, and where that account belongs (web document 2.10):
///
///   GET /api/identity/v1, /api/v0.5/identity            for web users
///   GET /api/user_domains/v1, /api/v0.5/user_domains    ?feature_flag=<slug>&can_view_reports=…
///
/// This server has no feature flags, so every slug is an unknown one.
namespace outpost::web {

void AddIdentityRoutes(http::Router& router, ApiContext& context);

}  // namespace outpost::web
