#pragma once

#include "http/router.h"
#include "services/web/apps/app_upload.h"

/// The apps of a project space, for people: which builds there are, what is released, uploading an
/// archive. Plain HTML, for members who may edit apps.
///
///   GET  /a/{domain}/apps/           the list and the form
///   POST /a/{domain}/apps/           an archive
///   POST /a/{domain}/apps/release/   releases a build or takes the release back
namespace outpost::web {

/// The context must outlive the router.
void AddAppsPage(http::Router& router, AppUploadContext& context);

}  // namespace outpost::web
