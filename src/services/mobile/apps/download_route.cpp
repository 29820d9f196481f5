#include "services/mobile/apps/download_route.h"

#include <array>
#include <optional>
#include <string>

#include "base/problem.h"
#include "base/text.h"
#include "domain/apps/files.h"
#include "services/mobile/apps/choose_build.h"
#include "services/mobile/apps/file_answer.h"

namespace outpost::mobile {
namespace {

using http::Request;
using http::Response;

Response NotThere(std::string_view what) { return Response::Text(404, std::string(what)); }

/// A profile by the names it goes by.
struct ProfileName {
  std::string_view name;
  std::string_view path;
  std::string_view content_type;
};
constexpr std::array kProfiles{
    ProfileName{"profile.ccpr", apps::kPlainProfilePath, "commcare/profile"},
    ProfileName{"media_profile.ccpr", apps::kProfilePath, "commcare/profile"},
    ProfileName{"profile.xml", apps::kPlainProfilePath, "application/xml"},
    ProfileName{"media_profile.xml", apps::kProfilePath, "application/xml"}};

const ProfileName* FindProfileName(std::string_view path) {
  for (const auto& profile : kProfiles) {
    if (profile.name == path) return &profile;
  }
  return nullptr;
}

/// "2025-06-03T10:00:00+00:00": phones understand this form only, without fractions.
std::string ReleasedOn(const apps::Build& build) {
  constexpr std::size_t kToSeconds = 19;
  return FormatT6(build.released_on).substr(0, kToSeconds) + "+00:00";
}

std::string SaveAs(const Request& request, std::string_view path) {
  if (request.QueryValue("download") != "true") return {};
  const auto slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

/// The profile that names the client it is for, as phones with several clients want it.
Response WithPackage(std::string text, const apps::App& app, std::string_view content_type) {
  const auto at = text.find("<property");
  if (at != std::string::npos) {
    text.insert(at, "<property key=\"target-package-id\" value=\"" +
                        EscapeMarkup(app.settings.target_package) + "\" force=\"true\"/>");
  }
  return Response::Text(200, std::move(text), std::string(content_type));
}

Response AnswerProfile(AppContext& context, const Request& request, const apps::Named& named,
                       const ProfileName& profile) {
  const auto lease = context.phone.database.Read();
  const auto chosen = ChooseBuild(context, *lease, request, named);
  if (chosen.refusal) return Response::Json(406, *chosen.refusal);
  if (!chosen.build) return NotThere("This app has no build yet.");
  const auto file = apps::FindFile(*lease, *chosen.build, profile.path);
  if (!file) return NotThere("This build has no profile.");
  const bool names_package = request.QueryValue("download_target_version") == "true" &&
                             !named.app.settings.target_package.empty();
  const bool is_fixed = named.build.has_value() && !chosen.is_latest;
  auto response =
      names_package
          ? WithPackage(context.blobs.Read(*lease, file->blob), named.app, profile.content_type)
          : AnswerFile(
                *lease, context.blobs, request,
                {file->blob, file->packed, std::string(profile.content_type),
                 SaveAs(request, profile.name), is_fixed ? Caching::kMinute : Caching::kNever});
  if (chosen.build->is_released) {
    response.headers.Set("X-CommCareHQ-AppReleasedOn", ReleasedOn(*chosen.build));
  }
  return response;
}

/// The file of that path; without its first part when that names a variant of the build.
std::optional<apps::File> FindAny(sql::Connection& connection, const apps::Build& build,
                                  std::string_view path) {
  if (auto file = apps::FindFile(connection, build, path)) return file;
  const auto slash = path.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  return apps::FindFile(connection, build, path.substr(slash + 1));
}

Response AnswerArchive(AppContext& context, const Request& request, const apps::Named& named,
                       const apps::Build& build) {
  const auto file = context.archives.Get(build, true);
  const auto lease = context.phone.database.Read();
  return AnswerFile(*lease, context.blobs, request,
                    {file.blob,
                     {},
                     file.content_type,
                     apps::ArchiveName(request.captures[0], build),
                     named.build ? Caching::kForever : Caching::kNever});
}

Response Download(AppContext& context, const Request& request) {
  const auto project = ProjectOf(context, request);
  std::optional<apps::Named> named;
  std::optional<apps::Build> build;
  {
    const auto lease = context.phone.database.Read();
    named = apps::FindNamed(*lease, project->row, request.captures[1]);
    if (named) build = apps::ChooseNamed(*lease, *named);
  }
  if (!named) return NotThere("There is no such app.");
  std::string_view path = request.captures[2];
  if (const auto* profile = FindProfileName(path)) {
    return AnswerProfile(context, request, *named, *profile);
  }
  const auto slash = path.find('/');
  if (const auto* profile =
          slash == std::string_view::npos ? nullptr : FindProfileName(path.substr(slash + 1))) {
    return AnswerProfile(context, request, *named, *profile);
  }
  if (!build) return NotThere("This app has no build yet.");
  if (path == apps::kArchivePath) return AnswerArchive(context, request, *named, *build);
  const auto lease = context.phone.database.Read();
  const auto file = FindAny(*lease, *build, path);
  if (!file || file->kind == apps::FileKind::kArchive) {
    return NotThere("This build has no such file.");
  }
  return AnswerFile(*lease, context.blobs, request,
                    {file->blob, file->packed, file->content_type, SaveAs(request, path),
                     named->build ? Caching::kForever : Caching::kNever});
}

Response Media(AppContext& context, const Request& request) {
  const auto lease = context.phone.database.Read();
  const auto media = apps::FindMedia(*lease, request.captures[0], request.captures[1]);
  if (!media) return NotThere("There is no such file.");
  return AnswerFile(*lease, context.blobs, request,
                    {media->blob,
                     {},
                     media->content_type,
                     SaveAs(request, request.captures.size() > 2 ? request.captures[2] : "media"),
                     Caching::kForever});
}

}  // namespace

std::shared_ptr<const projects::Project> ProjectOf(AppContext& context,
                                                   const http::Request& request) {
  auto project = context.phone.projects.Find(request.captures.at(0));
  if (project == nullptr) {
    throw Problem(ProblemKind::kNotFound,
                  "There is no project space '" + request.captures[0] + "'.");
  }
  return project;
}

void AddDownloadRoutes(http::Router& router, AppContext& context) {
  const auto add = [&](const char* name, const char* pattern, auto answer) {
    auto& shelf = context.shelf;
    router.Add(http::Method::kGet, pattern,
               {name, http::Group::kMobile, 0,
                [&shelf](const Request& request) { return shelf.Find(request); }},
               [&context, &shelf, answer](Request& request) {
                 const auto times_forgotten = shelf.times_forgotten();
                 auto response = answer(context, request);
                 shelf.Put(request, response, times_forgotten);
                 return response;
               });
  };
  add("app-download", "/a/{domain}/apps/download/{id}/{path...}", Download);
  add("app-media", "/hq/multimedia/file/{kind}/{id}/{name}", Media);
  add("app-media", "/hq/multimedia/file/{kind}/{id}", Media);
}

}  // namespace outpost::mobile
