#pragma once

#include "base/clock.h"
#include "domain/projects/projects.h"
#include "http/router.h"
#include "services/mobile/restore/restore_desk.h"
#include "store/blobs/blobs.h"
#include "store/sql/database.h"

/// Doors for whole-program tests, on the admin socket of a server started with --test-doors: set
/// the clock, let restores wait, look at stored forms and cases.
namespace outpost::cli {

struct TestDoors {
  SettableClock& clock;
  projects::Directory& projects;
  sql::Database& database;
  const blobs::BlobStore& blobs;
  mobile::RestoreDesk& restores;
  const http::Router& router;  // of the public listeners
};

void AddTestDoors(http::Router& router, TestDoors& doors);

}  // namespace outpost::cli
