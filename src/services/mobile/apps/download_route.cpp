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

/// Which file of which variant of a build an address means.
struct Wanted {
  std::string_view path;
  const apps::BuildProfile* profile = nullptr;  // null: the whole build
};

/// A build profile is named by the first part of the path, or by the query; an unknown one there is
/// no more than a word too many.
Wanted WantedOf(const Request& request, const apps::Named& named) {
  Wanted wanted{request.captures[2], nullptr};
  const auto slash = wanted.path.find('/');
  if (slash != std::string_view::npos) {
    const auto first = wanted.path.substr(0, slash);
    wanted.profile = apps::FindBuildProfile(named.app, first);
    const auto rest = wanted.path.substr(slash + 1);
    if (wanted.profile != nullptr || FindProfileName(rest) != nullptr) wanted.path = rest;
  }
  if (wanted.profile == nullptr) {
    wanted.profile = apps::FindBuildProfile(named.app, request.QueryValue("profile").value_or(""));
  }
  return wanted;
}

std::optional<apps::File> FindWanted(sql::Connection& connection, const apps::Build& build,
                                     const Wanted& wanted) {
  if (wanted.profile != nullptr) {
    return apps::FindVariantFile(connection, build, wanted.profile->id, wanted.path);
  }
  if (auto file = apps::FindFile(connection, build, wanted.path)) return file;
  const auto slash = wanted.path.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  return apps::FindFile(connection, build, wanted.path.substr(slash + 1));
}

Response AnswerProfile(AppContext& context, const Request& request, const apps::Named& named,
                       const ProfileName& name, const Wanted& wanted) {
  ChosenBuild chosen;
  {
    const auto lease = context.phone.database.Read();
    chosen = ChooseBuild(context, *lease, request, named);
  }
  if (chosen.refusal) return Response::Json(406, *chosen.refusal);
  if (!chosen.build) return NotThere("This app has no build yet.");
  if (wanted.profile != nullptr) {
    context.variants.Make(*chosen.build, request.captures[0], *wanted.profile);
  }
  const auto lease = context.phone.database.Read();
  const auto file = FindWanted(*lease, *chosen.build, {name.path, wanted.profile});
  if (!file) return NotThere("This build has no profile.");
  const bool names_package = request.QueryValue("download_target_version") == "true" &&
                             !named.app.settings.target_package.empty();
  const bool is_fixed = named.build.has_value() && !chosen.is_latest;
  auto response =
      names_package
          ? WithPackage(context.blobs.Read(*lease, file->blob), named.app, name.content_type)
          : AnswerFile(*lease, context.blobs, request,
                       {file->blob, file->packed, std::string(name.content_type),
                        SaveAs(request, name.name), is_fixed ? Caching::kMinute : Caching::kNever});
  if (chosen.build->is_released) {
    response.headers.Set("X-CommCareHQ-AppReleasedOn", ReleasedOn(*chosen.build));
  }
  return response;
}

Response AnswerArchive(AppContext& context, const Request& request, const apps::Named& named,
                       const apps::Build& build, const apps::BuildProfile* profile) {
  const auto file = context.archives.Get(build, true, profile == nullptr ? "" : profile->id);
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
  const auto wanted = WantedOf(request, *named);
  if (const auto* profile = FindProfileName(wanted.path)) {
    return AnswerProfile(context, request, *named, *profile, wanted);
  }
  if (!build) return NotThere("This app has no build yet.");
  if (wanted.profile != nullptr) context.variants.Make(*build, project->name, *wanted.profile);
  if (wanted.path == apps::kArchivePath) {
    return AnswerArchive(context, request, *named, *build, wanted.profile);
  }
  const auto lease = context.phone.database.Read();
  const auto file = FindWanted(*lease, *build, wanted);
  if (!file || file->kind == apps::FileKind::kArchive || file->kind == apps::FileKind::kLeftOut) {
    return NotThere("This build has no such file.");
  }
  return AnswerFile(*lease, context.blobs, request,
                    {file->blob, file->packed, file->content_type, SaveAs(request, wanted.path),
                     named->build ? Caching::kForever : Caching::kNever});
}

Response WholeMedia(AppContext& context, const Request& request, const apps::Media& media) {
  const auto lease = context.phone.database.Read();
  return AnswerFile(*lease, context.blobs, request,
                    {media.blob,
                     {},
                     media.content_type,
                     SaveAs(request, request.captures.size() > 2 ? request.captures[2] : "media"),
                     Caching::kForever});
}

/// Media, smaller where `thumb` asks for it and a picture can be made so.
void AnswerMedia(AppContext& context, Request& request, http::Responder responder) {
  const auto times_forgotten = context.shelf.times_forgotten();
  std::optional<apps::Media> media;
  {
    const auto lease = context.phone.database.Read();
    media = apps::FindMedia(*lease, request.captures[0], request.captures[1]);
  }
  if (!media) return responder.Send(NotThere("There is no such file."));
  const auto waiting = std::make_shared<http::Responder>(std::move(responder));
  const int side = ThumbSide(request.QueryValue("thumb").value_or(""));
  const auto answer = [&context, &request, waiting, times_forgotten, side,
                       media = *media](const Thumbnails::Made& made) {
    auto response = made ? AnswerBytes(request, *made,
                                       {media.blob + "-" + std::to_string(side),
                                        {},
                                        media.content_type,
                                        {},
                                        Caching::kForever})
                         : WholeMedia(context, request, media);
    context.shelf.Put(request, response, times_forgotten);
    waiting->Send(std::move(response));
  };
  if (side == 0) return answer(nullptr);
  context.thumbnails.Get(*media, side, answer);
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
  auto& shelf = context.shelf;
  const auto from_memory = [&shelf](const Request& request) { return shelf.Find(request); };
  router.Add(http::Method::kGet, "/a/{domain}/apps/download/{id}/{path...}",
             {"app-download", http::Group::kMobile, 0, from_memory},
             [&context, &shelf](Request& request) {
               const auto times_forgotten = shelf.times_forgotten();
               auto response = Download(context, request);
               shelf.Put(request, response, times_forgotten);
               return response;
             });
  for (const auto* pattern :
       {"/hq/multimedia/file/{kind}/{id}/{name}", "/hq/multimedia/file/{kind}/{id}"}) {
    router.AddAsync(http::Method::kGet, pattern,
                    {"app-media", http::Group::kMobile, 0, from_memory},
                    [&context](Request& request, http::Responder responder) {
                      AnswerMedia(context, request, std::move(responder));
                    });
  }
}

}  // namespace outpost::mobile
