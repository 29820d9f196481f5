#pragma once

#include "domain/projects/projects.h"
#include "http/router.h"
#include "store/sql/database.h"

/// Pages from which a phone installs an app (app delivery document 3.1, 3.2): a code to scan, the
/// address to type, the archive to carry.
///
///   /a/{domain}/apps/odk/{id}/install/         media_install/
///   /a/{domain}/apps/odk/{id}/qr_code/         media_qr_code/
///   /i/{code}                                  302 to the profile of the newest build
namespace outpost::web {

struct InstallContext {
  projects::Directory& projects;
  sql::Database& database;
};

/// The context must outlive the router.
void AddInstallRoutes(http::Router& router, InstallContext& context);

}  // namespace outpost::web
