#pragma once

#include "http/router.h"
#include "services/web/api/api_access.h"
#include "services/web/api/list_source.h"
#include "store/blobs/blobs.h"

/// The form list of the data API (web document 2.1).
namespace outpost::web {

void AddFormListRoutes(http::Router& router, ApiContext& context, const ListSource& source,
                       const blobs::BlobStore& blobs);

}  // namespace outpost::web
