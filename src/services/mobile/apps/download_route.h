#pragma once

#include "http/router.h"
#include "services/mobile/apps/app_context.h"

/// What phones fetch to install and update an app (app delivery document 4.1 to 4.4, 4.6): nobody
/// is asked who they are.
///
///   /a/{domain}/apps/download/{id}/{path...}     profile, suite, forms, strings, archive
///   /hq/multimedia/file/{kind}/{id}/{name}       media
namespace outpost::mobile {

/// The context must outlive the router.
void AddDownloadRoutes(http::Router& router, AppContext& context);

}  // namespace outpost::mobile
