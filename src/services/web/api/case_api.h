#pragma once

#include "http/router.h"
#include "services/web/api/api_access.h"
#include "store/blobs/blobs.h"

/// Cases over the data API (web document 2.2).
namespace outpost::web {

void AddCaseRoutes(http::Router& router, ApiContext& context, const blobs::BlobStore& blobs);

}  // namespace outpost::web
