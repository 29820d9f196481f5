#include "services/mobile/phone/phone_access.h"

#include <optional>
#include <utility>

#include "http/credentials.h"
#include "http/server.h"
#include "services/mobile/receiver/refusals.h"

namespace outpost::mobile {
namespace {

using http::Response;

Response Unauthorized(std::string_view told) {
  auto response = Response::Text(401, std::string(told));
  response.headers.Add("WWW-Authenticate", http::BasicChallenge(""));
  return response;
}

constexpr std::string_view kSignIn =
    "Please sign in with a user name and password of this project space.";

/// The answer for somebody who is not let in.
Response RefusalFor(const people::SignedIn& who, PhoneRules rules) {
  if (who.verdict == people::Verdict::kBusy) return Busy(who.retry_after_seconds);
  if (who.verdict == people::Verdict::kGone && rules.tells_closed_accounts) {
    return Gone(who.gone_code);
  }
  return Unauthorized(kSignIn);
}

people::Allowed AllowedForPhones() {
  people::Allowed allowed;
  allowed.basic = allowed.session = allowed.api_key = true;
  return allowed;
}

struct Visitor {
  PhoneContext& context;
  http::Request& request;
  std::shared_ptr<http::Responder> responder;
  PhoneRules rules;
  Admitted admitted;
  std::shared_ptr<const projects::Project> project;
};

void Meet(const Visitor& visitor, const people::SignedIn& who) {
  if (who.verdict != people::Verdict::kRight) {
    return visitor.responder->Send(RefusalFor(who, visitor.rules));
  }
  PhoneCaller caller{visitor.project, who.account, {}};
  {
    const auto connection = visitor.context.database.Read();
    caller.access = people::AccessOf(*connection, *who.account, visitor.project->row);
  }
  if (!caller.access.is_member && !who.account->is_superuser) {
    return visitor.responder->Send(
        Unauthorized(who.account->username + " was not in the domain " + visitor.project->name));
  }
  if (!caller.access.May("access_mobile_endpoints")) {
    return visitor.responder->Send(Response::Text(403, ""));
  }
  visitor.admitted(std::move(caller), visitor.responder);
}

}  // namespace

void AdmitPhone(PhoneContext& context, http::Request& request, http::Responder responder,
                PhoneRules rules, Admitted admitted) {
  auto project = context.projects.Find(request.captures.at(0));
  if (project == nullptr) {
    return responder.Send(Response::Text(404, "No domain with name " + request.captures[0]));
  }
  auto visitor = std::make_shared<Visitor>(
      Visitor{context, request, std::make_shared<http::Responder>(std::move(responder)), rules,
              std::move(admitted), project});
  context.authenticator.Identify(
      request, project.get(), AllowedForPhones(), [visitor](const people::SignedIn& who) {
        try {
          Meet(*visitor, who);
        } catch (...) {
          visitor->responder->Send(
              http::RenderProblemPlainly(visitor->request, std::current_exception()));
        }
      });
}

}  // namespace outpost::mobile
