#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "base/disk_gate.h"
#include "domain/apps/import.h"
#include "http/message.h"
#include "http/router.h"
#include "services/web/api/api_access.h"

/// Archives that somebody sends: from the command line, by the API, by the page.
namespace outpost::web {

inline constexpr std::int64_t kArchiveBytesMax = std::int64_t{512} << 20;

struct AppUploadContext {
  ApiContext& api;
  apps::Stores stores;
  std::filesystem::path spool;
  /// In front of new builds' addresses: "https://outpost.example.org".
  std::function<std::string()> base_url;
  /// Archives are refused while the disk is nearly full; null: never.
  const DiskGate* disk = nullptr;
  /// Called after the commit of a new build or of a release.
  std::function<void()> changed;
};

/// Where in a body the archive lies.
struct ArchivePart {
  std::int64_t offset = 0;
  std::int64_t length = 0;
};
/// The file field `name` of a multipart body. @throws Problem kBadRequest when there is none
ArchivePart FindArchive(const http::Request& request, std::string_view name);

/// @throws Problem as apps::ImportArchive does
apps::ImportReport ImportUpload(AppUploadContext& context, const projects::Project& project,
                                const http::Body& body, const ArchivePart& part,
                                apps::ImportOptions options);

/// As commands and the API show it.
std::string RenderReport(const apps::ImportReport& report);

/// POST /admin/app.import?project=…: the archive is the body. POST /admin/app.republish. Only for
/// the admin socket. The context must outlive the router.
void AddAppUploadCommands(http::Router& router, AppUploadContext& context);

/// POST /a/{domain}/apps/api/import_app/: the archive is the file `app_file` (app delivery document
/// 4.7). The context must outlive the router.
void AddImportRoute(http::Router& router, AppUploadContext& context);

}  // namespace outpost::web
