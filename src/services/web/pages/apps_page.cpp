#include "services/web/pages/apps_page.h"

#include <optional>

#include "base/problem.h"
#include "base/text.h"
#include "http/form_fields.h"
#include "http/multipart.h"
#include "services/web/pages/members.h"
#include "services/web/pages/page.h"

namespace outpost::web {
namespace {

using http::Request;
using http::Response;

constexpr std::string_view kEditApps = "edit_apps";
constexpr std::size_t kCommentBytesMax = 1'000;

std::string AppsPath(const projects::Project& project) {
  return "/a/" + PercentEncode(project.name) + "/apps/";
}

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
  return "<tr><td>" + std::to_string(build.version) + "</td><td>" + ShortTime(build.built_on) +
         "</td><td>" + EscapeMarkup(build.comment) + "</td><td>" +
         (build.is_released ? "released" : "not released") + "</td><td><a href=\"" +
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

Response ShowApps(AppUploadContext& context, const Member& member, int status,
                  const std::string& notice) {
  const auto lease = context.stores.database.Read();
  std::string content = notice;
  const auto list = apps::ListApps(*lease, member.project->row, false);
  if (list.empty()) content += "<p>There is no app yet.</p>";
  for (const auto& app : list) content += AppSection(*lease, *member.project, app);
  return Page(status, "Apps of " + member.project->name, content + UploadForm(*member.project));
}

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

Response Upload(AppUploadContext& context, const Request& request, const Member& member) {
  try {
    const auto archive = FindArchive(request, "app_file");
    const auto parts = http::ParseMultipart(
        request.body, http::BoundaryOf(request.headers.Find("Content-Type").value_or("")));
    apps::ImportOptions options;
    options.base_url = context.base_url();
    options.by = member.account->username;
    options.comment = FieldOf(request, parts, "comment");
    options.is_released = !FieldOf(request, parts, "release").empty();
    options.renumbers = !FieldOf(request, parts, "renumber").empty();
    const auto report = ImportUpload(context, *member.project, request.body, archive, options);
    return ShowApps(context, member, report.is_stored ? 200 : 422, Told(report));
  } catch (const Problem& problem) {
    const auto status = HttpStatusOf(problem.kind());
    if (status >= 500) throw;
    return ShowApps(context, member, status,
                    Notice(false, "<p>" + EscapeMarkup(problem.told()) + "</p>"));
  }
}

Response Release(AppUploadContext& context, const Request& request, const Member& member) {
  const auto fields = http::FormFields(request);
  const auto builds = http::ValuesOf(fields, "build_id");
  const auto on = http::ValuesOf(fields, "on");
  if (builds.size() != 1 || on.size() != 1) {
    throw Problem(ProblemKind::kBadRequest, "The form was not sent whole. Go back and try again.");
  }
  context.stores.writer.Run(member.project->row, [&](sql::Batch& batch) {
    const auto build = apps::RequireBuild(batch.connection(), member.project->row, builds.front());
    apps::SetReleased(batch, build, on.front() == "true");
  });
  context.changed();
  auto response = Response::Text(303, "");
  response.headers.Set("Location", AppsPath(*member.project));
  return response;
}

}  // namespace

void AddAppsPage(http::Router& router, AppUploadContext& context) {
  const auto add = [&](http::Method method, const char* pattern, std::int64_t body_bytes_max,
                       auto handler) {
    router.AddAsync(method, pattern, {"page/apps", http::Group::kWeb, body_bytes_max},
                    ForMembers(context.api, kEditApps, std::move(handler)));
  };
  constexpr std::int64_t kFieldsBytesMax = 16 * 1024;
  add(http::Method::kGet, "/a/{domain}/apps", 0, [&context](const Request&, const Member& member) {
    return ShowApps(context, member, 200, {});
  });
  add(http::Method::kPost, "/a/{domain}/apps", kArchiveBytesMax,
      [&context](const Request& request, const Member& member) {
        return Upload(context, request, member);
      });
  add(http::Method::kPost, "/a/{domain}/apps/release", kFieldsBytesMax,
      [&context](const Request& request, const Member& member) {
        return Release(context, request, member);
      });
}

}  // namespace outpost::web
