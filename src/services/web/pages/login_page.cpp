#include "services/web/pages/login_page.h"

#include <algorithm>
#include <memory>

#include "base/problem.h"
#include "base/text.h"
#include "domain/people/access.h"
#include "http/credentials.h"
#include "http/form_fields.h"
#include "services/web/api/comes_from.h"
#include "services/web/pages/page.h"

namespace outpost::web {
namespace {

using http::Request;
using http::Response;
using people::SignedIn;
using people::Verdict;

constexpr std::string_view kLoginPath = "/accounts/login/";
constexpr std::string_view kLogoutPath = "/accounts/logout/";
constexpr std::string_view kHomePath = "/homepage/";
constexpr std::int64_t kFieldsBytesMax = 16 * 1024;
constexpr const char* kNotFromHere = "<p>The form came from another site.</p>";

Response Redirect(int status, std::string location) {
  auto response = Response::Text(status, "");
  response.headers.Set("Location", std::move(location));
  response.headers.Set("Cache-Control", "no-store");
  return response;
}

/// `value` "" with a lifetime of 0 takes the cookie away.
void SetCookie(Response& response, const Request& request, std::string_view value,
               std::int64_t seconds) {
  auto cookie = std::string(people::kSessionCookie) + "=" + std::string(value) +
                "; Path=/; Max-Age=" + std::to_string(seconds) + "; HttpOnly; SameSite=Lax";
  if (request.is_secure) cookie += "; Secure";
  response.headers.Add("Set-Cookie", std::move(cookie));
}

std::string Field(const std::vector<std::pair<std::string, std::string>>& fields,
                  std::string_view name) {
  const auto values = http::ValuesOf(fields, name);
  return values.empty() ? std::string() : values.back();
}

Response Form(int status, std::string_view next, std::string_view username,
              std::string_view alert) {
  std::string content;
  if (!alert.empty()) content += "<p role=\"alert\">" + EscapeMarkup(alert) + "</p>";
  const std::string focus_on_name = username.empty() ? " autofocus" : "";
  const std::string focus_on_password = username.empty() ? "" : " autofocus";
  content += "<form method=\"post\" action=\"" + std::string(kLoginPath) +
             "\"><input type=\"hidden\" name=\"next\" value=\"" + EscapeMarkup(next) +
             "\"><label for=\"username\">E-mail address or user name</label><input id=\"username\" "
             "name=\"username\" type=\"text\" autocomplete=\"username\" autocapitalize=\"none\" "
             "spellcheck=\"false\" required" +
             focus_on_name + " value=\"" + EscapeMarkup(username) +
             "\"><label for=\"password\">Password</label><input id=\"password\" name=\"password\" "
             "type=\"password\" autocomplete=\"current-password\" required" +
             focus_on_password + "><button>Sign in</button></form>";
  return Page(status, "Sign in", content);
}

Response Refusal(const SignedIn& who, std::string_view next, std::string_view username) {
  if (who.verdict == Verdict::kBusy) {
    const auto seconds = std::max<std::int64_t>(who.retry_after_seconds, 1);
    auto response = Form(503, next, username,
                         "Too many attempts just now. Try again in " + std::to_string(seconds) +
                             (seconds == 1 ? " second." : " seconds."));
    response.headers.Set("Retry-After", std::to_string(seconds));
    return response;
  }
  // Whether there is such an account is nobody's business.
  return Form(403, next, username, "This user name and password do not fit together.");
}

Response Enter(LoginContext& context, const Request& request, const people::Account& account,
               const std::string& next) {
  std::string cookie;
  context.writer.Run(0, [&](sql::Batch& batch) {
    cookie = context.api.authenticator.StartSession(batch, account);
  });
  auto response = Redirect(303, next);
  SetCookie(response, request, cookie, people::kSessionIdleMicros / kMicrosPerSecond);
  return response;
}

void SignIn(LoginContext& context, Request& request, http::Responder responder) {
  if (IsFromElsewhere(request)) return responder.Send(Page(403, "Not allowed", kNotFromHere));
  const auto fields = http::FormFields(request);
  const auto next = LocalNext(Field(fields, "next"));
  const auto username = std::string(Trim(Field(fields, "username")));
  const auto waiting = std::make_shared<http::Responder>(std::move(responder));
  context.api.authenticator.CheckPassword(
      username, Field(fields, "password"), nullptr, request.remote_address,
      [&context, &request, waiting, next, username](const SignedIn& who) {
        try {
          waiting->Send(who.verdict == Verdict::kRight ? Enter(context, request, *who.account, next)
                                                       : Refusal(who, next, username));
        } catch (const Problem& problem) {
          waiting->Send(Form(HttpStatusOf(problem.kind()), next, username, problem.told()));
        }
      });
}

using SeenBy = std::function<Response(const Request&, const SignedIn&)>;

/// Pages that look at the session, whether there is one or not.
http::AsyncHandler WithSession(LoginContext& context, SeenBy page) {
  return [&context, page = std::move(page)](Request& request, http::Responder responder) {
    people::Allowed allowed;
    allowed.session = true;
    const auto waiting = std::make_shared<http::Responder>(std::move(responder));
    context.api.authenticator.Identify(
        request, nullptr, allowed,
        [&request, waiting, page](const SignedIn& who) { waiting->Send(page(request, who)); });
  };
}

Response ShowLogin(const Request& request, const SignedIn& who) {
  const auto next = LocalNext(request.QueryValue("next").value_or(""));
  return who.verdict == Verdict::kRight ? Redirect(302, next) : Form(200, next, "", "");
}

std::string SignOutForm() {
  return "<form method=\"post\" action=\"" + std::string(kLogoutPath) +
         "\"><button>Sign out</button></form>";
}

Response ShowLogout(const Request&, const SignedIn& who) {
  if (who.verdict != Verdict::kRight) return Redirect(302, std::string(kLoginPath));
  return Page(200, "Sign out",
              "<p>You are signed in as <strong>" + EscapeMarkup(who.account->username) +
                  "</strong>.</p>" + SignOutForm());
}

Response SignOut(LoginContext& context, const Request& request) {
  if (IsFromElsewhere(request)) return Page(403, "Not allowed", kNotFromHere);
  if (const auto cookie = http::CookieOf(request, people::kSessionCookie)) {
    context.writer.Run(
        0, [&](sql::Batch& batch) { context.api.authenticator.EndSession(batch, *cookie); });
  }
  auto response = Redirect(303, std::string(kLoginPath));
  SetCookie(response, request, "", 0);
  return response;
}

Response ShowHome(LoginContext& context, const SignedIn& who) {
  if (who.verdict != Verdict::kRight) return ToSignIn(kHomePath);
  std::string items;
  const auto lease = context.api.database.Read();
  for (const auto& project : projects::List(*lease)) {
    if (!who.account->is_superuser &&
        !people::AccessOf(*lease, *who.account, project.row).is_member) {
      continue;
    }
    const auto& name = project.display_name.empty() ? project.name : project.display_name;
    items += "<li><a href=\"/a/" + EscapeMarkup(PercentEncode(project.name)) + "/\">" +
             EscapeMarkup(name) + "</a></li>";
  }
  return Page(200, "Your project spaces",
              (items.empty() ? "<p>You are a member of no project space yet.</p>"
                             : "<ul>" + items + "</ul>") +
                  "<p>You are signed in as <strong>" + EscapeMarkup(who.account->username) +
                  "</strong>.</p>" + SignOutForm());
}

}  // namespace

std::string LocalNext(std::string_view next) {
  const bool is_printable = std::all_of(next.begin(), next.end(),
                                        [](char c) { return c > ' ' && c < 0x7f && c != '\\'; });
  const bool is_local = next.starts_with('/') && !next.starts_with("//");
  return std::string(is_printable && is_local && next.size() <= kNextBytesMax ? next : kHomePath);
}

bool WantsPage(const Request& request) {
  const auto accepts = request.headers.Find("Accept");
  return accepts && accepts->find("text/html") != std::string_view::npos &&
         !request.headers.Find("Authorization");
}

Response ToSignIn(std::string_view next) {
  return Redirect(302, std::string(kLoginPath) + "?next=" + PercentEncode(LocalNext(next)));
}

void AddLoginRoutes(http::Router& router, LoginContext& context) {
  const auto add = [&](http::Method method, std::string_view path, std::int64_t body_bytes_max,
                       http::AsyncHandler handler) {
    router.AddAsync(method, path, {"page/login", http::Group::kWeb, body_bytes_max},
                    std::move(handler));
  };
  add(http::Method::kGet, kLoginPath, 0, WithSession(context, ShowLogin));
  add(http::Method::kPost, kLoginPath, kFieldsBytesMax,
      [&context](Request& request, http::Responder responder) {
        SignIn(context, request, std::move(responder));
      });
  add(http::Method::kGet, kLogoutPath, 0, WithSession(context, ShowLogout));
  add(http::Method::kPost, kLogoutPath, kFieldsBytesMax,
      [&context](Request& request, http::Responder responder) {
        responder.Send(SignOut(context, request));
      });
  add(http::Method::kGet, kHomePath, 0,
      WithSession(context, [&context](const Request&, const SignedIn& who) {
        return ShowHome(context, who);
      }));
}

}  // namespace outpost::web
