#include "services/web/pages/members.h"

#include <string>

#include "base/problem.h"
#include "base/text.h"
#include "http/credentials.h"
#include "services/web/pages/page.h"

namespace outpost::web {
namespace {

using http::Request;
using http::Response;

bool IsFromElsewhere(const Request& request) {
  if (const auto site = request.headers.Find("Sec-Fetch-Site")) {
    return *site != "same-origin" && *site != "none";
  }
  const auto origin = request.headers.Find("Origin");
  return origin && !origin->ends_with("://" + request.host);
}

Response AskToSignIn() {
  auto response = Page(401, "Sign in", "<p>This page is for members of the project space.</p>");
  response.headers.Set("WWW-Authenticate", http::BasicChallenge("Outpost"));
  return response;
}

Response Refusal(const std::string& why) {
  return Page(403, "Not allowed", "<p>" + EscapeMarkup(why) + "</p>");
}

Response Admit(ApiContext& context, const Request& request, const people::SignedIn& who,
               const std::shared_ptr<const projects::Project>& project,
               const std::string& permission, const MemberPage& handler) {
  if (who.verdict != people::Verdict::kRight) return AskToSignIn();
  Member member{project, who.account,
                people::AccessOf(*context.database.Read(), *who.account, project->row)};
  if (!member.access.is_member && !who.account->is_superuser) return AskToSignIn();
  if (!permission.empty() && !member.access.May(permission)) {
    return Refusal("Your role in this project space does not include " + permission + ".");
  }
  if (request.method == http::Method::kPost && IsFromElsewhere(request)) {
    return Refusal("The form came from another site.");
  }
  return handler(request, member);
}

}  // namespace

http::AsyncHandler ForMembers(ApiContext& context, std::string_view permission,
                              MemberPage handler) {
  return [&context, permission = std::string(permission), handler = std::move(handler)](
             Request& request, http::Responder responder) {
    auto project = context.projects.Find(request.captures.at(0));
    if (project == nullptr) {
      return responder.Send(Page(404, "There is no such project space",
                                 "<p>Look at the address, or ask who runs this server.</p>"));
    }
    people::Allowed allowed;
    allowed.basic = allowed.session = true;
    auto waiting = std::make_shared<http::Responder>(std::move(responder));
    context.authenticator.Identify(
        request, nullptr, allowed,
        [&context, &request, waiting, project, permission, handler](const people::SignedIn& who) {
          try {
            waiting->Send(Admit(context, request, who, project, permission, handler));
          } catch (const Problem& problem) {
            waiting->Send(Page(HttpStatusOf(problem.kind()), "This did not work",
                               "<p>" + EscapeMarkup(problem.told()) + "</p>"));
          }
        });
  };
}

}  // namespace outpost::web
