#pragma once

#include "http/router.h"
#include "services/web/api/api_access.h"
#include "services/web/api/list_source.h"
#include "store/blobs/blobs.h"

/// The case list of the data API, version 1 (web document 2.2).
namespace outpost::web {

void AddCaseListRoutes(http::Router& router, ApiContext& context, const ListSource& source,
                       const blobs::BlobStore& blobs);

}  // namespace outpost::web
