#include "services/web/pages/install_page.h"

#include <optional>

#include "base/problem.h"
#include "base/text.h"
#include "domain/apps/choose.h"
#include "domain/apps/files.h"
#include "format/qr/qr.h"
#include "services/web/pages/page.h"

namespace outpost::web {
namespace {

using http::Request;
using http::Response;

struct Installable {
  std::shared_ptr<const projects::Project> project;
  apps::App app;
  apps::Build build;
};

Installable Find(InstallContext& context, const Request& request) {
  Installable found;
  found.project = context.projects.Find(request.captures.at(0));
  if (found.project == nullptr) {
    throw Problem(ProblemKind::kNotFound,
                  "There is no project space '" + request.captures[0] + "'.");
  }
  const auto lease = context.database.Read();
  auto named = apps::FindNamed(*lease, found.project->row, request.captures[1]);
  auto build = named ? apps::ChooseNamed(*lease, *named) : std::nullopt;
  if (!build) throw Problem(ProblemKind::kNotFound, "There is no such app, or it has no build.");
  found.app = std::move(named->app);
  found.build = std::move(*build);
  return found;
}

std::string Download(const Installable& found, std::string_view path) {
  return found.build.base_url + "/a/" + PercentEncode(found.project->name) + "/apps/download/" +
         found.build.build_id + "/" + std::string(path);
}

std::string ProfileAddress(const Request& request, const Installable& found, bool with_media) {
  auto address = Download(found, with_media ? apps::kProfilePath : apps::kPlainProfilePath);
  if (const auto profile = request.QueryValue("profile"); profile && !profile->empty()) {
    address += "?profile=" + PercentEncode(*profile);
  }
  return address;
}

Response InstallPage(InstallContext& context, const Request& request, bool with_media) {
  const auto found = Find(context, request);
  const auto address = ProfileAddress(request, found, with_media);
  const auto short_address = found.build.base_url + "/i/" + found.app.short_code;
  std::string languages;
  for (const auto& language : found.build.languages) {
    languages += (languages.empty() ? "" : ", ") + EscapeMarkup(language);
  }
  return Page(
      200, "Install " + found.build.name,
      "<p>In CommCare on the phone choose <em>Scan application barcode</em> and hold the camera at "
      "this code.</p>" +
          qr::Svg(address) + "<dl><dt>Or enter this address in the phone</dt><dd><code>" +
          EscapeMarkup(address) + "</code></dd><dt>Shorter, for the newest release</dt><dd><code>" +
          EscapeMarkup(short_address) +
          "</code></dd><dt>For phones without a network</dt><dd><a href=\"" +
          EscapeMarkup(Download(found, apps::kArchivePath)) +
          "\">Download the archive (.ccz)</a> "
          "and open it on the phone.</dd><dt>Version</dt><dd>" +
          std::to_string(found.build.version) +
          (found.build.is_released ? ", released" : ", not released yet") +
          (languages.empty() ? "" : "; languages: " + languages) + "</dd></dl>");
}

Response QrCode(InstallContext& context, const Request& request, bool with_media) {
  const auto found = Find(context, request);
  auto response =
      Response::Text(200, qr::Png(ProfileAddress(request, found, with_media)), "image/png");
  response.headers.Set("Cache-Control", "no-cache");
  return response;
}

Response ShortAddress(InstallContext& context, const Request& request) {
  const auto lease = context.database.Read();
  const auto app = apps::FindAppByShortCode(*lease, ToLower(request.captures[0]));
  std::optional<apps::Build> build;
  if (app) build = apps::ChooseLatest(*lease, {*app, std::nullopt}, apps::Target::kRelease);
  if (!build) throw Problem(ProblemKind::kNotFound, "There is no app of this short address.");
  std::string project;
  for (const auto& one : projects::List(*lease)) {
    if (one.row == app->project) project = one.name;
  }
  auto response = Response::Text(302, "");
  response.headers.Set("Location", build->base_url + "/a/" + PercentEncode(project) +
                                       "/apps/download/" + build->build_id + "/" +
                                       std::string(apps::kProfilePath));
  response.headers.Set("Cache-Control", "no-cache");
  return response;
}

}  // namespace

void AddInstallRoutes(http::Router& router, InstallContext& context) {
  const auto add = [&](std::string_view pattern, auto handler) {
    router.Add(http::Method::kGet, pattern, {"app-install", http::Group::kWeb, 0}, handler);
  };
  for (const bool with_media : {false, true}) {
    const std::string prefix =
        "/a/{domain}/apps/odk/{id}/" + std::string(with_media ? "media_" : "");
    add(prefix + "install", [&context, with_media](Request& request) {
      return InstallPage(context, request, with_media);
    });
    add(prefix + "qr_code",
        [&context, with_media](Request& request) { return QrCode(context, request, with_media); });
  }
  add("/i/{code}", [&context](Request& request) { return ShortAddress(context, request); });
}

}  // namespace outpost::web
