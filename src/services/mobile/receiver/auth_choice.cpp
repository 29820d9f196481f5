#include "services/mobile/receiver/auth_choice.h"

#include "http/credentials.h"

namespace outpost::mobile {

bool IsDemoMode(const http::Request& request) {
  return request.QueryValue("submit_mode") == "demo";
}

std::optional<AuthType> ChooseAuthType(const http::Request& request) {
  if (const auto asked = request.QueryValue("authtype")) {
    if (*asked == "basic") return AuthType::kBasic;
    if (*asked == "digest") return AuthType::kDigest;
    if (*asked == "oauth2") return AuthType::kOAuth2;
    if (*asked == "api_key") return AuthType::kApiKey;
    if (*asked == "noauth") return AuthType::kNone;
    return std::nullopt;
  }
  // Phones between 2.39 and 2.46 forgot to ask for noauth in practice mode.
  if (IsDemoMode(request)) return AuthType::kNone;
  switch (http::ReadCredentials(request).scheme) {
    case http::Scheme::kDigest:
      return AuthType::kDigest;
    case http::Scheme::kBearer:
      return AuthType::kOAuth2;
    case http::Scheme::kApiKey:
      return AuthType::kApiKey;
    case http::Scheme::kNone:
    case http::Scheme::kBasic:
    case http::Scheme::kUnknown:
      break;
  }
  const bool key_in_query =
      request.QueryValue("username").has_value() && request.QueryValue("api_key").has_value();
  return key_in_query ? AuthType::kApiKey : AuthType::kBasic;
}

}  // namespace outpost::mobile
