#pragma once

#include "http/router.h"

/// The description of the data API (docs/api/openapi.yaml), served at /api/openapi.yaml to anybody:
/// it says nothing about a project space.
namespace outpost::web {

void AddOpenApiRoute(http::Router& router);

}  // namespace outpost::web
