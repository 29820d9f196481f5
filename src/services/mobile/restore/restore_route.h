#pragma once

#include "base/clock.h"
#include "base/metrics.h"
#include "domain/sync/restore.h"
#include "http/router.h"
#include "services/mobile/phone/phone_access.h"
#include "services/mobile/receiver/throttle.h"
#include "services/mobile/restore/restore_desk.h"
#include "services/mobile/restore/restore_limits.h"

/// GET /a/{domain}/phone/restore/ and /restore/{app_id}/ (restore document 1 to 5).
///
///   who is asking ─► for whom ─► unchanged or refused? ─► answered at once
///                                    └─► the desk: made, or 202 until it is
namespace outpost::mobile {

/// Of Retry-After and the progress element in a 202.
inline constexpr int kRestoreRetrySeconds = 5;

struct RestoreContext {
  PhoneContext& phone;
  sync::Restorer& restorer;
  sql::Writer& writer;
  RestoreDesk& desk;
  RestoreLimits& limits;
  Throttle& throttle;  // knows how many workers a project has
  MetricRegistry& metrics;
  std::string public_url;  // "https://outpost.example.org"; empty: from the request
};

/// The context must outlive the router.
void AddRestoreRoutes(http::Router& router, RestoreContext& context);

}  // namespace outpost::mobile
