#pragma once

#include "http/router.h"
#include "services/mobile/apps/app_context.h"

/// GET /a/{domain}/phone/keys/: the key with which a phone encrypts what it holds (app delivery
/// document 10).
namespace outpost::mobile {

/// The context must outlive the router.
void AddKeysRoutes(http::Router& router, AppContext& context);

}  // namespace outpost::mobile
