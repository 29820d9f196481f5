#pragma once

#include "http/router.h"
#include "services/mobile/apps/app_context.h"

/// What tools and web entry ask about apps (app delivery document 4.5, 3.2, 3.4).
///
///   /a/{domain}/apps/api/download_ccz/   an archive of a build; nobody is asked who they are
///   /phone/list_apps                     the apps of a user, for the client's list of apps
namespace outpost::mobile {

/// The context must outlive the router.
void AddArchiveRoutes(http::Router& router, AppContext& context);

}  // namespace outpost::mobile
