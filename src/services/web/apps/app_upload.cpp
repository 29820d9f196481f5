#include "services/web/apps/app_upload.h"

#include "base/problem.h"
#include "base/spooled_bytes.h"
#include "domain/people/access.h"
#include "format/json/writer.h"
#include "format/zip/zip.h"
#include "http/multipart.h"

namespace outpost::web {
namespace {

using http::Request;
using http::Response;

constexpr std::string_view kEditApps = "edit_apps";
constexpr std::int64_t kPieceBytes = 1 << 20;

/// A body's part in a file of its own: the unpacker reads from the beginning to the end.
void CopyPart(const http::Body& body, const ArchivePart& part, SpooledBytes& copy) {
  for (std::int64_t done = 0; done < part.length;) {
    const auto piece = std::min(part.length - done, kPieceBytes);
    copy.Append(body.Read(part.offset + done, piece));
    done += piece;
  }
}

zip::Archive Unpack(const http::Body& body, const ArchivePart& part,
                    const std::filesystem::path& spool) {
  if (body.in_memory()) {
    return zip::Archive::Unpack(body.bytes().substr(static_cast<std::size_t>(part.offset),
                                                    static_cast<std::size_t>(part.length)),
                                spool);
  }
  if (part.offset == 0 && part.length == body.length()) {
    return zip::Archive::Unpack(body.file(), part.length, spool);
  }
  SpooledBytes copy(spool);
  CopyPart(body, part, copy);
  if (copy.in_memory()) return zip::Archive::Unpack(copy.bytes(), spool);
  return zip::Archive::Unpack(copy.file(), part.length, spool);
}

std::string Refusal(const Problem& problem) {
  std::string text;
  json::Writer out(text);
  out.BeginObject();
  out.Member("error", problem.told());
  out.Member("kind", NameOf(problem.kind()));
  out.Member("number", NumberOf(problem.kind()));
  out.EndObject();
  return text;
}

projects::Project RequireProject(AppUploadContext& context, const Request& request) {
  const std::string name(request.QueryValue("project").value_or(""));
  auto project = projects::Find(*context.stores.database.Read(), name);
  if (!project) {
    throw Problem(ProblemKind::kNotFound, "There is no project space '" + name + "'.");
  }
  return *project;
}

apps::ImportOptions OptionsOf(AppUploadContext& context, const Request& request) {
  const auto is_on = [&](std::string_view name) { return request.QueryValue(name) == "true"; };
  apps::ImportOptions options;
  options.base_url = std::string(request.QueryValue("base_url").value_or(""));
  if (options.base_url.empty()) options.base_url = context.base_url();
  options.comment = std::string(request.QueryValue("comment").value_or(""));
  options.app_id = std::string(request.QueryValue("app").value_or(""));
  options.is_released = is_on("release");
  options.renumbers = is_on("renumber");
  options.accepts_errors = is_on("despite_errors");
  return options;
}

/// Runs `make` and answers with its report, or with why not.
template <class Make>
Response AnswerCommand(Make make) {
  try {
    return Response::Json(200, RenderReport(make()));
  } catch (const Problem& problem) {
    return Response::Json(HttpStatusOf(problem.kind()), Refusal(problem));
  }
}

void WriteFinding(json::Writer& out, const suite::Finding& finding) {
  out.BeginObject();
  out.Member("severity",
             finding.severity == suite::Finding::Severity::kError ? "error" : "warning");
  out.Member("file", finding.place.file);
  out.Member("line", std::int64_t{finding.place.line});
  out.Member("column", std::int64_t{finding.place.column});
  out.Member("element", finding.place.element);
  out.Member("text", finding.text);
  out.EndObject();
}

/// The API's answer: 201 for a new app or build, 400 with the findings.
Response AnswerApi(AppUploadContext& context, Request& request, const ApiCaller& caller) {
  const auto part = FindArchive(request, "app_file");
  apps::ImportOptions options;
  options.base_url = context.base_url();
  options.by = caller.account.username;
  const auto report = ImportUpload(context, caller.project, request.body, part, options);
  std::string text;
  json::Writer out(text);
  out.BeginObject();
  out.Member("success", report.is_stored);
  if (report.is_stored) {
    out.Member("app_id", report.app.app_id);
    out.Member("version", report.build.version);
    out.Member("build_id", report.build.build_id);
  }
  out.Key(report.is_stored ? "warnings" : "errors");
  out.BeginArray();
  for (const auto& finding : report.findings) {
    out.String(suite::RenderPlace(finding.place) + ": " + finding.text);
  }
  out.EndArray();
  out.EndObject();
  return Response::Json(!report.is_stored ? 400 : report.was_there ? 200 : 201, std::move(text));
}

}  // namespace

ArchivePart FindArchive(const http::Request& request, std::string_view name) {
  const auto boundary = http::BoundaryOf(request.headers.Find("Content-Type").value_or(""));
  if (!boundary.empty()) {
    for (const auto& part : http::ParseMultipart(request.body, boundary)) {
      if (part.name == name && part.has_filename && part.length > 0) {
        return {part.offset, part.length};
      }
    }
  }
  throw Problem(ProblemKind::kBadRequest, "Send the app's archive (.ccz) as the file \"" +
                                              std::string(name) +
                                              "\" of a multipart/form-data request.");
}

apps::ImportReport ImportUpload(AppUploadContext& context, const projects::Project& project,
                                const http::Body& body, const ArchivePart& part,
                                apps::ImportOptions options) {
  if (context.disk != nullptr) context.disk->RequireForUploads();
  const auto archive = Unpack(body, part, context.spool);
  auto report = apps::ImportArchive(context.stores, project, archive, options);
  context.changed();
  return report;
}

std::string RenderReport(const apps::ImportReport& report) {
  std::string text;
  json::Writer out(text);
  out.BeginObject();
  out.Member("is_stored", report.is_stored);
  out.Member("was_there", report.was_there);
  if (report.is_stored) {
    out.Member("app_id", report.app.app_id);
    out.Member("name", report.build.name);
    out.Member("short_code", report.app.short_code);
    out.Member("build_id", report.build.build_id);
    out.Member("version", report.build.version);
    out.Member("is_released", report.build.is_released);
    out.Member("base_url", report.build.base_url);
    out.Member("changed", static_cast<std::int64_t>(report.changed));
  }
  out.Member("files", static_cast<std::int64_t>(report.files));
  out.Member("forms", static_cast<std::int64_t>(report.forms));
  out.Member("media", static_cast<std::int64_t>(report.media));
  out.Member("bytes", report.bytes);
  out.Key("findings");
  out.BeginArray();
  for (const auto& finding : report.findings) WriteFinding(out, finding);
  out.EndArray();
  out.EndObject();
  return text;
}

void AddAppUploadCommands(http::Router& router, AppUploadContext& context) {
  router.Add(http::Method::kPost, "/admin/app.import",
             {"admin", http::Group::kAdmin, kArchiveBytesMax}, [&context](Request& request) {
               return AnswerCommand([&] {
                 const auto project = RequireProject(context, request);
                 return ImportUpload(context, project, request.body, {0, request.body.length()},
                                     OptionsOf(context, request));
               });
             });
  router.Add(http::Method::kPost, "/admin/app.republish", {"admin", http::Group::kAdmin, 0},
             [&context](Request& request) {
               return AnswerCommand([&] {
                 const auto project = RequireProject(context, request);
                 const auto options = OptionsOf(context, request);
                 const auto app =
                     apps::RequireApp(*context.stores.database.Read(), project.row, options.app_id);
                 auto report = apps::Republish(context.stores, project, app, options);
                 context.changed();
                 return report;
               });
             });
}

void AddImportRoute(http::Router& router, AppUploadContext& context) {
  router.AddAsync(
      http::Method::kPost, "/a/{domain}/apps/api/import_app",
      {"app-import", http::Group::kWeb, kArchiveBytesMax},
      Guard(context.api, Needs(kEditApps), [&context](Request& request, const ApiCaller& caller) {
        try {
          return AnswerApi(context, request, caller);
        } catch (const Problem& problem) {
          if (HttpStatusOf(problem.kind()) >= 500) throw;
          return ApiError(HttpStatusOf(problem.kind()), problem.told());
        }
      }));
}

}  // namespace outpost::web
