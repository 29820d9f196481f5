#include "services/web/pages/members.h"

#include <string>

#include "base/problem.h"
#include "base/text.h"
#include "http/credentials.h"
#include "services/web/api/comes_from.h"
#include "services/web/pages/login_page.h"
#include "services/web/pages/page.h"

namespace outpost::web {
namespace {

using http::Request;
using http::Response;

/// A browser comes back from the sign-in page; what it posted is lost, so it comes to the project's
/// page then.
Response AskToSignIn(const Request& request) {
  if (WantsPage(request)) {
    return ToSignIn(IsChange(request) ? "/a/" + PercentEncode(request.captures.at(0)) + "/"
                                      : request.target);
  }
  auto response = Page(401, "Sign in", "<p>This page is for members of the project space.</p>");
  response.headers.Set("WWW-Authenticate", http::BasicChallenge("Outpost"));
  return response;
}

Response Refusal(const std::string& why) {
  return Page(403, "Not allowed", "<p>" + EscapeMarkup(why) + "</p>");
}

/// At the end of a page: who is signed in, and the way out.
void AddSignOut(Response& response, std::string_view username) {
  auto* html = std::get_if<std::string>(&response.body);
  const auto type = response.headers.Find("Content-Type");
  if (html == nullptr || !type || !type->starts_with("text/html")) return;
  const auto end = html->rfind("</main>");
  if (end == std::string::npos) return;
  html->insert(end, "<hr><p>Signed in as " + EscapeMarkup(username) +
                        ". <a href=\"/homepage/\">Project spaces</a> <a "
                        "href=\"/accounts/logout/\">Sign out</a></p>");
}

Response Admit(ApiContext& context, const Request& request, const people::SignedIn& who,
               const std::shared_ptr<const projects::Project>& project,
               const std::string& permission, const MemberPage& handler) {
  if (who.verdict != people::Verdict::kRight) return AskToSignIn(request);
  Member member{project, who.account,
                people::AccessOf(*context.database.Read(), *who.account, project->row)};
  if (!member.access.is_member && !who.account->is_superuser) {
    if (!who.by_session) return AskToSignIn(request);
    return Refusal("You are signed in as " + who.account->username +
                   ", who is not a member of this project space.");
  }
  if (!permission.empty() && !member.access.May(permission)) {
    return Refusal("Your role in this project space does not include " + permission + ".");
  }
  if (IsChange(request) && IsFromElsewhere(request)) {
    return Refusal("The form came from another site.");
  }
  auto response = handler(request, member);
  if (who.by_session) AddSignOut(response, who.account->username);
  return response;
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
