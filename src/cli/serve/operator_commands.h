#pragma once

#include "base/data_folder.h"
#include "cli/serve/backup_desk.h"
#include "cli/serve/upkeep.h"
#include "crypto/sealing.h"
#include "domain/projects/projects.h"
#include "http/router.h"
#include "operations/demo/demo.h"
#include "store/sql/database.h"
#include "store/sql/writer.h"

/// What `outpost doctor`, `outpost demo`, `outpost loadtest`, `outpost size --from-server` and
/// `outpost transition` and `outpost backup` ask the running server, on its admin socket:
/// doctor.database, demo.fill, demo.status, loadtest.prepare, .verify, .count, usage.report,
/// transition.*, backup.*.
namespace outpost::cli {

/// All must outlive the router.
struct OperatorCommands {
  sql::Database& database;
  sql::Writer& writer;
  projects::Directory& directory;
  const crypto::ServerKey& key;
  DataPaths paths;
  demo::DemoJob& demo;
  ServerUpkeep& upkeep;
  BackupDesk& backup;
};

void AddOperatorCommands(http::Router& router, OperatorCommands& commands);

}  // namespace outpost::cli
