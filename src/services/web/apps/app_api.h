#pragma once

#include "http/router.h"
#include "services/web/api/api_access.h"
#include "store/blobs/blobs.h"

/// The structure of apps for tools (web document 2.4; app delivery document 3.2).
///
///   /a/{domain}/api/application/v1/[{id}/]    modules, forms, questions, versions
///   /a/{domain}/apps/api/list_apps/           ids and where to download
namespace outpost::web {

struct AppApiContext {
  ApiContext& api;
  const blobs::BlobStore& blobs;
};

/// The context must outlive the router.
void AddAppApiRoutes(http::Router& router, AppApiContext& context);

}  // namespace outpost::web
