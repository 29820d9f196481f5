#include "services/web/api/case_v2_routes.h"

namespace outpost::web {

void AddCaseV2Route(http::Router& router, ApiContext& context, http::Method method,
                    std::string_view below, const ApiHandler& handler) {
  http::RouteOptions options{"api/case_v2"};
  options.body_bytes_max = kCaseV2BodyBytesMax;
  for (const auto* base : {"/a/{domain}/api/case/v2", "/a/{domain}/api/v0.6/case"}) {
    router.AddAsync(method, std::string(base) + std::string(below), options,
                    Guard(context, Needs("edit_data"), handler));
  }
}

http::Response CaseNotFound(std::string_view id) {
  return ApiError(404, "Case '" + std::string(id) + "' not found");
}

}  // namespace outpost::web
