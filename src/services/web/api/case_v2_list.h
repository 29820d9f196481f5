#pragma once

#include "http/router.h"
#include "services/web/api/api_access.h"
#include "services/web/api/list_source.h"

/// The case list of case API version 2 (web document 3.2): in the order of indexed_on, paged by a
/// cursor that holds the question and how far it was answered.
namespace outpost::web {

void AddCaseV2ListRoutes(http::Router& router, ApiContext& context, const ListSource& source);

}  // namespace outpost::web
