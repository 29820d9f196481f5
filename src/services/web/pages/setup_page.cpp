#include "services/web/pages/setup_page.h"

#include <map>
#include <string>

#include "base/problem.h"
#include "base/text.h"
#include "services/web/pages/page.h"

namespace outpost::web {
namespace {

using http::Request;
using http::Response;

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
