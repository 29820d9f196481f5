#pragma once

#include "http/router.h"
#include "services/web/api/api_access.h"

/// Cases over the data API (web document 2.2).
namespace outpost::web {

void AddCaseRoutes(http::Router& router, ApiContext& context);

}  // namespace outpost::web
