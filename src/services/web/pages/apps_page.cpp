#include "services/web/pages/apps_page.h"

#include <optional>

#include "base/problem.h"
#include "base/text.h"
#include "domain/people/access.h"
#include "http/credentials.h"
#include "http/form_fields.h"
#include "http/multipart.h"
#include "services/web/pages/page.h"

namespace outpost::web {
namespace {

using http::Request;
using http::Response;

constexpr std::string_view kEditApps = "edit_apps";
constexpr std::size_t kCommentBytesMax = 1'000;

struct Editor {
  std::shared_ptr<const projects::Project> project;
  std::shared_ptr<const people::Account> account;
};

std::string AppsPath(const projects::Project& project) {
  return "/a/" + PercentEncode(project.name) + "/apps/";
}

// The list -------------------------------------------------------------------------------------

std::string ReleaseButton(const projects::Project& project, const apps::Build& build) {
  return "<form method=\"post\" action=\"" + EscapeMarkup(AppsPath(project)) +
         "release/\"><input type=\"hidden\" name=\"build_id\" value=\"" +
         EscapeMarkup(build.build_id) + "\"><input type=\"hidden\" name=\"on\" value=\"" +
         (build.is_released ? "false" : "true") + "\"><button class=\"small\">" +
         (build.is_released ? "Take back" : "Release") + "</button></form>";
}

std::string BuildRow(const projects::Project& project, const apps::Build& build) {
  const std::string install = "/a/" + PercentEncode(project.name) + "/apps/odk/" + build.build_id +
                              (build.has_media ? "/media_install/" : "/install/");
  return "<tr><td>" + std::to_string(build.version) + "</td><td>" +
         FormatT6(build.built_on).substr(0, 16) + "</td><td>" + EscapeMarkup(build.comment) +
         "</td><td>" + (build.is_released ? "released" : "not released") + "</td><td><a href=\"" +
         EscapeMarkup(install) + "\">Install</a></td><td>" + ReleaseButton(project, build) +
         "</td></tr>";
}

std::string AppSection(sql::Connection& connection, const projects::Project& project,
                       const apps::App& app) {
  std::string html = "<section><h2>" + EscapeMarkup(app.name) +
                     "</h2><div class=\"wide\"><table><thead><tr><th>Version</th><th>Built (UTC)"
                     "</th><th>Comment</th><th>State</th><th>On a phone</th><th></th></tr></thead>"
                     "<tbody>";
  for (const auto& build : apps::ListBuilds(connection, app)) html += BuildRow(project, build);
  return html + "</tbody></table></div></section>";
}

std::string UploadForm(const projects::Project& project) {
  return "<section><h2>Bring in an app</h2><p>Download the app's archive (CCZ) from CommCare HQ "
         "and send it here. It is checked first; phones see it when it is released.</p>"
         "<form method=\"post\" enctype=\"multipart/form-data\" action=\"" +
         EscapeMarkup(AppsPath(project)) +
         "\"><label for=\"app_file\">Archive (.ccz)</label><input id=\"app_file\" type=\"file\" "
         "name=\"app_file\" accept=\".ccz,.zip\" required><label for=\"comment\">Comment</label>"
         "<input id=\"comment\" type=\"text\" name=\"comment\" maxlength=\"500\">"
         "<label class=\"choice\"><input type=\"checkbox\" name=\"release\"> Release it at once"
         "</label><label class=\"choice\"><input type=\"checkbox\" name=\"renumber\"> Give it the "
         "next version where its own is taken</label><button>Send</button></form></section>";
}

Response ShowApps(AppUploadContext& context, const Editor& editor, int status,
                  const std::string& notice) {
  const auto lease = context.stores.database.Read();
  std::string content = notice;
  const auto list = apps::ListApps(*lease, editor.project->row, false);
  if (list.empty()) content += "<p>There is no app yet.</p>";
  for (const auto& app : list) content += AppSection(*lease, *editor.project, app);
  return Page(status, "Apps of " + editor.project->name, content + UploadForm(*editor.project));
}

// Uploading --------------------------------------------------------------------------------------

std::string Notice(bool is_good, const std::string& html) {
  return std::string("<div role=\"") + (is_good ? "status" : "alert") + "\">" + html + "</div>";
}

std::string FindingList(const std::vector<suite::Finding>& findings) {
  std::string html = "<ul>";
  for (const auto& finding : findings) {
    const bool is_error = finding.severity == suite::Finding::Severity::kError;
    html += "<li>" + std::string(is_error ? "<strong>Error</strong> " : "Warning ") + "<code>" +
            EscapeMarkup(suite::RenderPlace(finding.place)) + "</code> " +
            EscapeMarkup(finding.text) + "</li>";
  }
  return html + "</ul>";
}

std::string Told(const apps::ImportReport& report) {
  if (!report.is_stored) {
    return Notice(false, "<p>The app was not taken. Mend this in the app and send it again:</p>" +
                             FindingList(report.findings));
  }
  std::string html = "<p>" + EscapeMarkup(report.build.name) + ", version " +
                     std::to_string(report.build.version) +
                     (report.was_there ? ", was here already." : ", is here.") +
                     (report.build.is_released ? " Phones get it with their next update."
                                               : " Release it when phones shall get it.") +
                     "</p>";
  if (!report.findings.empty()) html += FindingList(report.findings);
  return Notice(true, html);
}

/// Fields of a multipart body that are no files.
std::string FieldOf(const Request& request, const std::vector<http::Part>& parts,
                    std::string_view name) {
  for (const auto& part : parts) {
    if (part.name == name && !part.has_filename &&
        part.length <= static_cast<std::int64_t>(kCommentBytesMax)) {
      return request.body.Read(part.offset, part.length);
    }
  }
  return {};
}

Response Upload(AppUploadContext& context, const Request& request, const Editor& editor) {
  try {
    const auto archive = FindArchive(request, "app_file");
    const auto parts = http::ParseMultipart(
        request.body, http::BoundaryOf(request.headers.Find("Content-Type").value_or("")));
    apps::ImportOptions options;
    options.base_url = context.base_url();
    options.by = editor.account->username;
    options.comment = FieldOf(request, parts, "comment");
    options.is_released = !FieldOf(request, parts, "release").empty();
    options.renumbers = !FieldOf(request, parts, "renumber").empty();
    const auto report = ImportUpload(context, *editor.project, request.body, archive, options);
    return ShowApps(context, editor, report.is_stored ? 200 : 422, Told(report));
  } catch (const Problem& problem) {
    const auto status = HttpStatusOf(problem.kind());
    if (status >= 500) throw;
    return ShowApps(context, editor, status,
                    Notice(false, "<p>" + EscapeMarkup(problem.told()) + "</p>"));
  }
}

Response Release(AppUploadContext& context, const Request& request, const Editor& editor) {
  const auto fields = http::FormFields(request);
  const auto builds = http::ValuesOf(fields, "build_id");
  const auto on = http::ValuesOf(fields, "on");
  if (builds.size() != 1 || on.size() != 1) {
    throw Problem(ProblemKind::kBadRequest, "The form was not sent whole. Go back and try again.");
  }
  context.stores.writer.Run(editor.project->row, [&](sql::Batch& batch) {
    const auto build = apps::RequireBuild(batch.connection(), editor.project->row, builds.front());
    apps::SetReleased(batch, build, on.front() == "true");
  });
  auto response = Response::Text(303, "");
  response.headers.Set("Location", AppsPath(*editor.project));
  return response;
}

// Who may ----------------------------------------------------------------------------------------

/// A form that another site made a browser send carries that site's origin.
bool IsFromElsewhere(const Request& request) {
  const auto site = request.headers.Find("Sec-Fetch-Site");
  if (site) return *site != "same-origin" && *site != "none";
  const auto origin = request.headers.Find("Origin");
  return origin && !origin->ends_with("://" + request.host);
}

Response AskToSignIn() {
  auto response = Page(401, "Sign in", "<p>This page is for members of the project space.</p>");
  response.headers.Set("WWW-Authenticate", http::BasicChallenge("Outpost"));
  return response;
}

using EditorHandler =
    std::function<Response(AppUploadContext&, const Request&, const Editor& editor)>;

Response Admit(AppUploadContext& context, const Request& request, const people::SignedIn& who,
               const std::shared_ptr<const projects::Project>& project,
               const EditorHandler& handler) {
  if (who.verdict != people::Verdict::kRight) return AskToSignIn();
  const auto access = people::AccessOf(*context.stores.database.Read(), *who.account, project->row);
  if (!access.May(kEditApps)) {
    return Page(403, "Not allowed",
                "<p>Your role in this project space does not let you change apps.</p>");
  }
  if (request.method == http::Method::kPost && IsFromElsewhere(request)) {
    return Page(403, "Not allowed", "<p>The form came from another site.</p>");
  }
  return handler(context, request, {project, who.account});
}

http::AsyncHandler ForEditors(AppUploadContext& context, EditorHandler handler) {
  return [&context, handler = std::move(handler)](Request& request, http::Responder responder) {
    auto project = context.api.projects.Find(request.captures.at(0));
    if (project == nullptr) {
      throw Problem(ProblemKind::kNotFound, "There is no such project space.");
    }
    people::Allowed allowed;
    allowed.basic = allowed.session = true;
    auto waiting = std::make_shared<http::Responder>(std::move(responder));
    context.api.authenticator.Identify(
        request, nullptr, allowed,
        [&context, &request, waiting, project, handler](const people::SignedIn& who) {
          try {
            waiting->Send(Admit(context, request, who, project, handler));
          } catch (const Problem& problem) {
            waiting->Send(Page(HttpStatusOf(problem.kind()), "This did not work",
                               "<p>" + EscapeMarkup(problem.told()) + "</p>"));
          }
        });
  };
}

}  // namespace

void AddAppsPage(http::Router& router, AppUploadContext& context) {
  router.AddAsync(http::Method::kGet, "/a/{domain}/apps", {"page/apps"},
                  ForEditors(context, [](auto& asked, const Request&, const Editor& editor) {
                    return ShowApps(asked, editor, 200, {});
                  }));
  router.AddAsync(http::Method::kPost, "/a/{domain}/apps",
                  {"page/apps", http::Group::kWeb, kArchiveBytesMax}, ForEditors(context, Upload));
  router.AddAsync(http::Method::kPost, "/a/{domain}/apps/release", {"page/apps"},
                  ForEditors(context, Release));
}

}  // namespace outpost::web
