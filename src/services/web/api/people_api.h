#pragma once

#include "http/router.h"
#include "services/web/api/api_access.h"

/// Mobile workers and web users, to read (web document 2.5, 2.6).
namespace outpost::web {

void AddPeopleRoutes(http::Router& router, ApiContext& context);

}  // namespace outpost::web
