#pragma once

#include "http/router.h"
#include "insight/lists/feeder.h"
#include "insight/lists/lists.h"
#include "services/mobile/phone/phone_access.h"
#include "store/sql/writer.h"

/// Case search and named cases (restore document 15.1, 15.4), for projects with the case_search
/// switch:
///   GET, POST /a/{domain}/phone/search/ and /search/{app_id}/
///   GET, POST /a/{domain}/phone/case_fixture/{app_id}/ and /registry_case/{app_id}/
namespace outpost::mobile {

/// Cases that a search finds at most; and how many related ones it adds.
inline constexpr std::size_t kFoundMax = 500;
inline constexpr std::size_t kRelatedMax = 5'000;
inline constexpr std::int64_t kSearchBytesMax = 256 * 1024;
/// Case ids that one case_fixture request may name.
inline constexpr std::size_t kNamedCasesMax = 500;

struct SearchContext {
  PhoneContext& phone;
  lists::Lists& lists;
  lists::Feeder& feeder;
  sql::Writer& writer;
};

/// The context must outlive the router.
void AddSearchRoutes(http::Router& router, SearchContext& context);

}  // namespace outpost::mobile
