#pragma once

#include "http/router.h"
#include "services/web/api/api_access.h"

/// Cases by their ids over version 2 of the case API (web document 3.2):
///
///   GET  case/v2/<id>[,<id>…]     one object, or several with their count
///   GET  case/v2/ext/<id>         by external id, which may hold slashes
///   POST case/v2/bulk-fetch       {"case_ids": […], "external_ids": […]}
///
/// Deleted cases and those of other projects are not found. A role without access_all_locations
/// finds nothing.
namespace outpost::web {

void AddCaseV2ReadRoutes(http::Router& router, ApiContext& context);

}  // namespace outpost::web
