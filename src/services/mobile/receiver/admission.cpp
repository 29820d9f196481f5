#include "services/mobile/receiver/admission.h"

#include <optional>
#include <utility>

#include "domain/people/access.h"
#include "services/mobile/receiver/refusals.h"

namespace outpost::mobile {
namespace {

using http::Response;

Response Unauthorized(Visit& visit, bool is_stale) {
  auto response = Response::Text(401,
                                 "Please sign in with a user name and password of this "
                                 "project space.");
  const bool wants_digest =
      visit.auth_type == AuthType::kDigest || visit.endpoint == Endpoint::kApi;
  response.headers.Add("WWW-Authenticate",
                       wants_digest ? visit.context.authenticator.digest().Challenge(is_stale)
                                    : http::BasicChallenge(""));
  return response;
}

/// The account may submit here: it belongs to the project and has what the endpoint asks for.
std::optional<Response> CheckRights(Visit& visit, const people::SignedIn& who) {
  const auto connection = visit.context.database.Read();
  const auto access = people::AccessOf(*connection, *who.account, visit.project->row);
  if (!access.is_member && !access.is_admin) return Unauthorized(visit, false);
  const bool is_api = visit.endpoint == Endpoint::kApi || visit.auth_type == AuthType::kApiKey;
  if (is_api && !(access.May("edit_data") && access.May("access_api"))) {
    return Response::Text(403, "");
  }
  visit.may_set_time = access.is_admin;
  return std::nullopt;
}

/// The answer for somebody who is not let in; empty for a right password.
std::optional<Response> RefusalFor(Visit& visit, const people::SignedIn& who) {
  switch (who.verdict) {
    case people::Verdict::kRight:
      if (visit.auth_type == AuthType::kOAuth2 && visit.endpoint != Endpoint::kApi) break;
      return CheckRights(visit, who);
    case people::Verdict::kGone:
      return Gone(who.gone_code);
    case people::Verdict::kBusy:
      return Busy(who.retry_after_seconds);
    case people::Verdict::kStale:
      return Unauthorized(visit, true);
    case people::Verdict::kNone:
    case people::Verdict::kWrong:
      break;
  }
  return Unauthorized(visit, false);
}

people::Allowed AllowedFor(const Visit& visit) {
  people::Allowed allowed;
  if (visit.endpoint == Endpoint::kApi) {
    allowed.basic = allowed.digest = allowed.api_key = allowed.session = true;
    allowed.api_key_in_query = allowed.api_key_as_password = true;
    return allowed;
  }
  // A password is no token, but it can say whose account is closed (406).
  allowed.basic = visit.auth_type == AuthType::kBasic || visit.auth_type == AuthType::kOAuth2;
  allowed.digest = visit.auth_type == AuthType::kDigest;
  allowed.session = visit.auth_type == AuthType::kBasic || allowed.digest;
  allowed.api_key = visit.auth_type == AuthType::kApiKey;
  allowed.api_key_in_query = allowed.api_key;
  return allowed;
}

}  // namespace

void Authenticate(const VisitPtr& visit, const std::function<void(const VisitPtr&)>& admitted) {
  const bool waived = visit->auth_type == AuthType::kNone && visit->endpoint != Endpoint::kApi;
  const bool open = visit->endpoint == Endpoint::kOpen && !visit->project->is_secure;
  if (waived && !open) visit->auth.kind = forms::AuthContext::Kind::kWaived;
  if (waived || open) return admitted(visit);
  visit->context.authenticator.Identify(visit->request, visit->project.get(), AllowedFor(*visit),
                                        [visit, admitted](const people::SignedIn& who) {
                                          Guarded(visit, [&] {
                                            if (auto refused = RefusalFor(*visit, who))
                                              return Answer(*visit, std::move(*refused));
                                            visit->auth.is_authenticated = true;
                                            visit->auth.user_id = who.account->user_id;
                                            visit->account = who.account;
                                            admitted(visit);
                                          });
                                        });
}

}  // namespace outpost::mobile
