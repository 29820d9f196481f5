#include "services/web/api/openapi_route.h"

#include "services/web/openapi_text.h"

namespace outpost::web {

void AddOpenApiRoute(http::Router& router) {
  router.Add(http::Method::kGet, "/api/openapi.yaml", {"api/openapi"}, [](http::Request&) {
    auto response = http::Response::Text(200, std::string(kOpenApiText), "application/yaml");
    response.headers.Add("Cache-Control", "public, max-age=3600");
    return response;
  });
}

}  // namespace outpost::web
