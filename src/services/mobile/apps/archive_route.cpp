#include "services/mobile/apps/archive_route.h"

#include <optional>

#include "base/text.h"
#include "domain/apps/choose.h"
#include "format/json/writer.h"
#include "services/mobile/apps/file_answer.h"

namespace outpost::mobile {
namespace {

using http::Request;
using http::Response;

Response Refusal(int status, std::string_view message) {
  std::string text;
  json::Writer out(text);
  out.BeginObject();
  out.Member("status", "error");
  out.Member("message", message);
  out.EndObject();
  return Response::Json(status, std::move(text));
}

struct Asked {
  std::optional<std::int64_t> version;
  apps::Target latest = apps::Target::kSave;
};

/// What is wrong with the question; empty when it can be answered.
std::string ReadQuestion(const Request& request, Asked& asked) {
  const auto version = request.QueryValue("version").value_or("");
  const auto latest = request.QueryValue("latest").value_or("");
  if (request.QueryValue("app_id").value_or("").empty()) {
    return "You must specify `app_id` in your GET parameters";
  }
  if (!version.empty() && !latest.empty()) {
    return "You can't specify both 'version' and 'latest'";
  }
  if (!latest.empty()) {
    const auto target = apps::KnownTargetOf(latest);
    if (!target) return "latest must be either 'release', 'build', or 'save'";
    asked.latest = *target;
  }
  if (!version.empty()) {
    asked.version = ParseInt(version);
    if (!asked.version) return "'version' must be an integer";
  }
  return {};
}

/// Unlike an update check this is never answered with a build that does not fit.
std::optional<apps::Build> FindAsked(sql::Connection& connection, const apps::Named& named,
                                     const Asked& asked) {
  if (asked.version) return apps::FindBuildByVersion(connection, named.app, *asked.version);
  return apps::NewestBuild(connection, named.app, asked.latest == apps::Target::kRelease);
}

Response DownloadArchive(AppContext& context, const Request& request) {
  const auto project = ProjectOf(context, request);
  Asked asked;
  if (const auto wrong = ReadQuestion(request, asked); !wrong.empty()) return Refusal(400, wrong);
  std::optional<apps::Build> build;
  {
    const auto lease = context.phone.database.Read();
    const auto named = apps::FindNamed(*lease, project->row, *request.QueryValue("app_id"));
    if (named) build = FindAsked(*lease, *named, asked);
  }
  if (!build) return Refusal(404, "Application not found");
  const auto with_media = ToLower(request.QueryValue("include_multimedia").value_or("")) == "true";
  const auto file = context.archives.Get(*build, with_media);
  const auto lease = context.phone.database.Read();
  return AnswerFile(*lease, context.blobs, request,
                    {file.blob,
                     {},
                     file.content_type,
                     apps::ArchiveName(project->name, *build),
                     Caching::kNever});
}

void AppendListed(std::string& out, const projects::Project& project, const apps::App& app,
                  const apps::Build& build) {
  const std::string address = build.base_url + "/a/" + PercentEncode(project.name) +
                              "/apps/download/" + build.build_id + "/";
  out += "  <app domain=\"" + EscapeMarkup(project.name) + "\" name=\"" + EscapeMarkup(app.name) +
         "\" version=\"" + std::to_string(build.version) + "\" environment=\"prod\" profile=\"" +
         EscapeMarkup(address + "profile.ccpr") + "\" media-profile=\"" +
         EscapeMarkup(address + "media_profile.ccpr") + "\"/>\n";
}

Response ListApps(AppContext& context, const people::Account& account) {
  std::string body = "<apps>\n";
  const auto lease = context.phone.database.Read();
  for (const auto& project : projects::List(*lease)) {
    if (!people::AccessOf(*lease, account, project.row).is_member) continue;
    for (const auto& app : apps::ListApps(*lease, project.row, false)) {
      const auto build = apps::NewestBuild(*lease, app, true);
      if (build) AppendListed(body, project, app, *build);
    }
  }
  return Response::Text(200, body + "</apps>\n", "text/xml; charset=utf-8");
}

void AnswerList(AppContext& context, Request& request, http::Responder responder) {
  people::Allowed allowed;
  allowed.basic = true;
  auto waiting = std::make_shared<http::Responder>(std::move(responder));
  context.phone.authenticator.Identify(
      request, nullptr, allowed, [&context, waiting](const people::SignedIn& who) {
        if (who.verdict == people::Verdict::kRight) {
          return waiting->Send(ListApps(context, *who.account));
        }
        auto response = Response::Text(401, "Sign in with the user name of a project space.");
        response.headers.Add("WWW-Authenticate", "Basic realm=\"\"");
        waiting->Send(std::move(response));
      });
}

}  // namespace

void AddArchiveRoutes(http::Router& router, AppContext& context) {
  router.Add(http::Method::kGet, "/a/{domain}/apps/api/download_ccz",
             {"app-archive", http::Group::kWeb, 0},
             [&context](Request& request) { return DownloadArchive(context, request); });
  router.AddAsync(http::Method::kGet, "/phone/list_apps", {"app-list", http::Group::kWeb, 0},
                  [&context](Request& request, http::Responder responder) {
                    AnswerList(context, request, std::move(responder));
                  });
}

}  // namespace outpost::mobile
