#pragma once

#include "http/router.h"
#include "services/web/api/api_access.h"
#include "services/web/api/list_source.h"
#include "store/blobs/blobs.h"

/// The front page of a project space, for its members: the app to scan, the last forms coming in.
///
///   GET /a/{domain}/
namespace outpost::web {

struct ProjectPageContext {
  ApiContext& api;
  ListSource& lists;
  const blobs::BlobStore& blobs;
};

/// The page loads itself again after so long.
inline constexpr int kProjectPageSeconds = 10;
inline constexpr int kFormsShown = 15;

/// The context must outlive the router.
void AddProjectPage(http::Router& router, ProjectPageContext& context);

}  // namespace outpost::web
