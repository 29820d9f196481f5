#pragma once

#include "domain/intake/case_updates.h"
#include "http/router.h"
#include "services/web/api/api_access.h"

/// Changes of cases over version 2 of the case API (web document 3.3):
///
///   POST case/v2            object: a new case · array: at most 100 updates
///   PUT  case/v2            object: a change of the case in the body · array: as POST
///   PUT  case/v2/<id>       object: a change, never a new case
///   PUT  case/v2/ext/<id>   object: makes the case of that external id, or changes it
///
/// Each request is one form, in effect as a whole or not at all; the answer shows the cases as they
/// are after its commit. Where an id stands in the address and in the body they must be the same.
/// A role without access_all_locations is refused, after what is wrong with the body was told.
namespace outpost::web {

/// Names the form as one of the case API.
inline constexpr const char* kCaseApiXmlns = "http://commcarehq.org/case_api";
/// More of a User-Agent than so many characters is not kept as the form's device id.
inline constexpr std::size_t kDeviceIdCharactersMax = 255;

/// The contexts must outlive the router.
void AddCaseV2WriteRoutes(http::Router& router, ApiContext& context,
                          const intake::CaseUpdateStores& stores);

}  // namespace outpost::web
