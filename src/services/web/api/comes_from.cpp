#include "services/web/api/comes_from.h"

namespace outpost::web {

bool IsFromElsewhere(const http::Request& request) {
  if (const auto site = request.headers.Find("Sec-Fetch-Site")) {
    return *site != "same-origin" && *site != "none";
  }
  const auto origin = request.headers.Find("Origin");
  return origin && !origin->ends_with("://" + request.host);
}

bool IsChange(const http::Request& request) {
  return request.method != http::Method::kGet && request.method != http::Method::kHead;
}

}  // namespace outpost::web
