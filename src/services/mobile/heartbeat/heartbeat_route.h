#pragma once

#include "http/router.h"
#include "services/mobile/apps/app_context.h"

/// What phones ask about themselves (app delivery document 8, 9).
///
///   /a/{domain}/phone/heartbeat/{id}/            every hour, of who is signed in
///   /a/{domain}/phone/recovery_measures/{id}/    whenever the client starts, of nobody
namespace outpost::mobile {

/// The context must outlive the router.
void AddHeartbeatRoutes(http::Router& router, AppContext& context);

}  // namespace outpost::mobile
