#pragma once

#include "http/router.h"
#include "services/web/api/api_access.h"
#include "store/blobs/blobs.h"

/// Forms over the data API (web document 2.1, 2.3).
namespace outpost::web {

void AddFormRoutes(http::Router& router, ApiContext& context, const blobs::BlobStore& blobs);

}  // namespace outpost::web
