#pragma once

#include "base/clock.h"
#include "domain/intake/intake.h"
#include "http/router.h"
#include "services/mobile/phone/phone_access.h"

/// POST /a/{domain}/phone/claim-case/ (restore document 15.3).
namespace outpost::mobile {

struct ClaimContext {
  PhoneContext& phone;
  intake::Intake& intake;
  const Clock& clock;
};

inline constexpr std::int64_t kClaimBytesMax = 64 * 1024;

/// The context must outlive the router.
void AddClaimRoutes(http::Router& router, ClaimContext& context);

}  // namespace outpost::mobile
