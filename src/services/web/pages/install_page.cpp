#include "services/web/pages/install_page.h"

#include <optional>

#include "base/problem.h"
#include "base/text.h"
#include "domain/apps/choose.h"
#include "domain/apps/files.h"
#include "domain/apps/variants.h"
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
  const apps::BuildProfile* profile = nullptr;  // of `app`; null: the whole build
};

/// `found` is filled in place, as its profile points into its app.
void Find(InstallContext& context, const Request& request, Installable& found) {
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
  found.profile = apps::FindBuildProfile(found.app, request.QueryValue("profile").value_or(""));
}

std::string Download(const Installable& found, std::string_view path) {
  return found.build.base_url + "/a/" + PercentEncode(found.project->name) + "/apps/download/" +
         found.build.build_id + "/" + std::string(path);
}

std::string ProfileAddress(const Installable& found, bool with_media) {
  auto address = Download(found, with_media ? apps::kProfilePath : apps::kPlainProfilePath);
  if (found.profile != nullptr) address += "?profile=" + found.profile->id;
  return address;
}

std::string ShortAddressOf(const Installable& found) {
  auto address = found.build.base_url + "/i/" + found.app.short_code;
  if (found.profile != nullptr) address += "/" + std::to_string(found.profile->number);
  return address;
}

std::string ArchiveAddress(const Installable& found) {
  const auto profile = found.profile == nullptr ? std::string() : found.profile->id + "/";
  return Download(found, profile + std::string(apps::kArchivePath));
}

std::string Listed(const std::vector<std::string>& languages) {
  std::string list;
  for (const auto& language : languages) list += (list.empty() ? "" : ", ") + language;
  return EscapeMarkup(list);
}

/// The other variants of the build, each with a page of its own.
std::string OtherVariants(const Installable& found) {
  std::string items;
  if (found.profile != nullptr) {
    items += "<li><a href=\"?\">All languages</a>: " + Listed(found.build.languages) + "</li>";
  }
  for (const auto& profile : found.app.settings.build_profiles) {
    if (profile.is_retired || &profile == found.profile) continue;
    items += "<li><a href=\"?profile=" + profile.id + "\">" + EscapeMarkup(profile.name) +
             "</a>: " + Listed(profile.languages) + "</li>";
  }
  return items.empty() ? items : "<h2>In other languages</h2><ul>" + items + "</ul>";
}

Response InstallPage(InstallContext& context, const Request& request, bool with_media) {
  Installable found;
  Find(context, request, found);
  const auto address = ProfileAddress(found, with_media);
  const auto languages =
      Listed(found.profile == nullptr ? found.build.languages : found.profile->languages);
  return Page(
      200,
      "Install " + found.build.name +
          (found.profile == nullptr ? "" : " (" + found.profile->name + ")"),
      "<p>In CommCare on the phone choose <em>Scan application barcode</em> and hold the camera at "
      "this code.</p>" +
          qr::Svg(address) + "<dl><dt>Or enter this address in the phone</dt><dd><code>" +
          EscapeMarkup(address) + "</code></dd><dt>Shorter, for the newest release</dt><dd><code>" +
          EscapeMarkup(ShortAddressOf(found)) +
          "</code></dd><dt>For phones without a network</dt><dd><a href=\"" +
          EscapeMarkup(ArchiveAddress(found)) +
          "\">Download the archive (.ccz)</a> "
          "and open it on the phone.</dd><dt>Version</dt><dd>" +
          std::to_string(found.build.version) +
          (found.build.is_released ? ", released" : ", not released yet") +
          (languages.empty() ? "" : "; languages: " + languages) + "</dd></dl>" +
          OtherVariants(found));
}

Response QrCode(InstallContext& context, const Request& request, bool with_media) {
  Installable found;
  Find(context, request, found);
  auto response = Response::Text(200, qr::Png(ProfileAddress(found, with_media)), "image/png");
  response.headers.Set("Cache-Control", "no-cache");
  return response;
}

/// "?profile=…" for a build profile by its number, also a retired one: phones and posters have it.
std::string ProfileQuery(const apps::App& app, const Request& request) {
  if (request.captures.size() < 2) return {};
  for (const auto& profile : app.settings.build_profiles) {
    if (std::to_string(profile.number) == request.captures[1]) return "?profile=" + profile.id;
  }
  throw Problem(ProblemKind::kNotFound, "There is no app of this short address.");
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
                                       std::string(apps::kProfilePath) +
                                       ProfileQuery(*app, request));
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
  for (const auto* pattern : {"/i/{code}", "/i/{code}/{profile}"}) {
    add(pattern, [&context](Request& request) { return ShortAddress(context, request); });
  }
}

}  // namespace outpost::web
