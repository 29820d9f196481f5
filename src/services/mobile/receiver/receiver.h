#pragma once

#include <string>

#include "base/clock.h"
#include "base/metrics.h"
#include "domain/apps/build_directory.h"
#include "domain/device_logs/policy.h"
#include "domain/intake/intake.h"
#include "domain/people/authenticator.h"
#include "domain/projects/projects.h"
#include "http/router.h"
#include "services/mobile/receiver/throttle.h"
#include "store/sql/database.h"

/// Takes in form submissions (submission document 1 to 6).
///
///   request ─► who is asking ─► split into form and files ─► practice mode ─► intake ─► answer
///
/// Promise: a 201 with a form id means the form is on stable storage.
namespace outpost::mobile {

/// Largest request on the receiver's paths; each part has its own, smaller limit.
inline constexpr std::int64_t kSubmissionBytesMax = 600LL << 20;

struct ReceiverContext {
  projects::Directory& projects;
  people::Authenticator& authenticator;
  intake::Intake& intake;
  sql::Database& database;
  const Clock& clock;
  MetricRegistry& metrics;
  device_logs::Gate& device_logs;
  Throttle& throttle;
  apps::BuildDirectory& builds;
  std::string public_url;  // "https://outpost.example.org"; empty: from the request
};

/// The context must outlive the router.
void AddReceiverRoutes(http::Router& router, ReceiverContext& context);

}  // namespace outpost::mobile
