#include "services/mobile/apps/install_page.h"

#include <optional>

#include "base/problem.h"
#include "base/text.h"
#include "domain/apps/choose.h"
#include "domain/apps/files.h"
#include "format/qr/qr.h"

namespace outpost::mobile {
namespace {

using http::Request;
using http::Response;

constexpr const char* kStyle =
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem;"
    "color:#1b1b1b;background:#fff}svg{display:block;width:min(20rem,90vw);height:auto;"
    "margin:1rem 0;border:1px solid #ccc}code{display:block;overflow-wrap:anywhere;"
    "background:#f2f2f2;padding:.5rem;border-radius:.25rem}a{color:#00508f}"
    "dt{font-weight:600;margin-top:.5rem}dd{margin:0}";

struct Installable {
  std::shared_ptr<const projects::Project> project;
  apps::App app;
  apps::Build build;
};

Installable Find(AppContext& context, const Request& request) {
  Installable found;
  found.project = ProjectOf(context, request);
  const auto lease = context.phone.database.Read();
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

Response Page(std::string_view title, const std::string& content) {
  auto response = Response::Html(
      200,
      "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>" +
          EscapeMarkup(title) + "</title><style>" + kStyle + "</style></head><body><main><h1>" +
          EscapeMarkup(title) + "</h1>" + content + "</main></body></html>");
  response.headers.Set("Cache-Control", "no-cache");
  response.headers.Set("Content-Security-Policy",
                       "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; "
                       "base-uri 'none'");
  return response;
}

Response InstallPage(AppContext& context, const Request& request, bool with_media) {
  const auto found = Find(context, request);
  const auto address = ProfileAddress(request, found, with_media);
  const auto short_address = found.build.base_url + "/i/" + found.app.short_code;
  std::string languages;
  for (const auto& language : found.build.languages) {
    languages += (languages.empty() ? "" : ", ") + EscapeMarkup(language);
  }
  return Page(
      "Install " + found.build.name,
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

Response QrCode(AppContext& context, const Request& request, bool with_media) {
  const auto found = Find(context, request);
  auto response =
      Response::Text(200, qr::Png(ProfileAddress(request, found, with_media)), "image/png");
  response.headers.Set("Cache-Control", "no-cache");
  return response;
}

Response ShortAddress(AppContext& context, const Request& request) {
  const auto lease = context.phone.database.Read();
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

void AddInstallRoutes(http::Router& router, AppContext& context) {
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

}  // namespace outpost::mobile
