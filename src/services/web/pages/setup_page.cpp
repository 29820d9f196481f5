#include "services/web/pages/setup_page.h"

#include <map>
#include <string>

#include "base/problem.h"
#include "base/text.h"

namespace outpost::web {
namespace {

using http::Request;
using http::Response;

constexpr const char* kStyle =
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:3rem auto;padding:0 1rem;"
    "color:#1b1b1b;background:#fff}label{display:block;margin:1rem 0 .25rem}"
    "input{font:inherit;width:100%;padding:.5rem;box-sizing:border-box;border:1px solid #666;"
    "border-radius:.25rem}button{font:inherit;margin-top:1.5rem;padding:.6rem 1.2rem;border:0;"
    "border-radius:.25rem;background:#00508f;color:#fff;cursor:pointer}"
    "[role=alert]{border-left:.3rem solid #b3261e;padding:.5rem 1rem;background:#fdecea}";

Response Page(int status, std::string_view title, const std::string& content) {
  std::string html =
      "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
      "<title>";
  html += title;
  html += " - Outpost</title><style>";
  html += kStyle;
  html += "</style></head><body><main><h1>";
  html += title;
  html += "</h1>" + content + "</main></body></html>";
  auto response = Response::Html(status, std::move(html));
  response.headers.Set("Cache-Control", "no-store");
  response.headers.Set("Referrer-Policy", "no-referrer");
  response.headers.Set("Content-Security-Policy",
                       "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
                       "frame-ancestors 'none'; base-uri 'none'");
  return response;
}

Response Form(int status, std::string_view token, std::string_view email, std::string_view error) {
  std::string content;
  if (!error.empty()) content += "<p role=\"alert\">" + EscapeMarkup(error) + "</p>";
  content +=
      "<p>This account may do everything on this server, for every project space.</p>"
      "<form method=\"post\" action=\"/setup\"><input type=\"hidden\" name=\"token\" value=\"" +
      EscapeMarkup(token) +
      "\"><label for=\"email\">E-mail address</label><input id=\"email\" name=\"email\" "
      "type=\"email\" autocomplete=\"username\" required autofocus value=\"" +
      EscapeMarkup(email) + "\"><label for=\"password\">Password, at least " +
      std::to_string(kPasswordCharactersMin) +
      " characters</label>"
      "<input id=\"password\" name=\"password\" type=\"password\" "
      "autocomplete=\"new-password\" minlength=\"" +
      std::to_string(kPasswordCharactersMin) +
      "\" required>"
      "<button>Create administrator</button></form>";
  return Page(status, "Create the first administrator", content);
}

Response LinkIsGone() {
  return Page(
      410, "This link has been used or is too old",
      "<p>Restart the server to get a new one; it prints the link while there is no "
      "administrator. Or run:</p><pre>outpost user create you@example.org --superuser</pre>");
}

std::map<std::string, std::string> ReadFields(const Request& request) {
  std::map<std::string, std::string> fields;
  for (const auto pair : Split(request.body.bytes(), '&')) {
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    fields[PercentDecode(pair.substr(0, equals), true)] =
        PercentDecode(pair.substr(equals + 1), true);
  }
  return fields;
}

Response CreateAdministrator(SetupContext& context, const Request& request) {
  auto fields = ReadFields(request);
  const std::string& token = fields["token"];
  const std::string email = ToLower(Trim(fields["email"]));
  if (fields["password"].size() < kPasswordCharactersMin) {
    return Form(400, token, email,
                "Please choose a password of at least " + std::to_string(kPasswordCharactersMin) +
                    " characters.");
  }
  const auto password = people::HashForStorage(fields["password"]);
  bool is_good = false;
  try {
    context.writer.Run(0, [&](sql::Batch& batch) {
      // Looked at first and used up last: a refused name leaves the link usable.
      const bool is_first = !people::AnySuperuser(batch.connection());
      is_good = is_first &&
                people::PeekOneTimeLink(batch.connection(), token, kSetupPurpose, batch.now());
      if (!is_good) return;
      people::CreateWebUser(batch, {email, password.hash, "", ""});
      people::SetSuperuser(batch, email, true);
      people::ConsumeOneTimeLink(batch, token, kSetupPurpose);
    });
  } catch (const Problem& problem) {
    return Form(HttpStatusOf(problem.kind()), token, email, problem.told());
  }
  if (!is_good) return LinkIsGone();
  return Page(201, "The administrator was created",
              "<p>Sign in as <strong>" + EscapeMarkup(email) +
                  "</strong>. Next, create a project space and its people:</p>"
                  "<pre>outpost project create my-project\noutpost user create worker1 "
                  "--project my-project</pre>");
}

}  // namespace

std::string SetupPath(std::string_view token) { return "/setup?token=" + std::string(token); }

void AddSetupRoutes(http::Router& router, SetupContext& context) {
  router.Add(http::Method::kGet, "/setup", {"setup"}, [&context](Request& request) {
    const auto connection = context.database.Read();
    const auto token = request.QueryValue("token");
    if (!token || people::AnySuperuser(*connection)) return LinkIsGone();
    return Form(200, *token, "", "");
  });
  router.Add(http::Method::kPost, "/setup", {"setup", http::Group::kWeb, 16 * 1024},
             [&context](Request& request) { return CreateAdministrator(context, request); });
}

}  // namespace outpost::web
