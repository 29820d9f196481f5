#pragma once

#include <future>
#include <mutex>
#include <optional>
#include <thread>

#include "base/clock.h"
#include "domain/projects/projects.h"
#include "domain/user_cases/user_cases.h"
#include "http/router.h"
#include "services/mobile/restore/restore_desk.h"
#include "store/blobs/blobs.h"
#include "store/sql/database.h"
#include "store/sql/writer.h"

/// Doors for whole-program tests, on the admin socket of a server started with --test-doors: set
/// the clock, let restores or the writer wait, look at stored forms and cases.
namespace outpost::cli {

/// Keeps the writer busy with a job of its own until let go.
class WriterHold {
 public:
  explicit WriterHold(sql::Writer& writer) : writer_(writer) {}
  ~WriterHold() { Hold(false); }
  /// Returns when nothing is committed any more, or everything is again.
  void Hold(bool holds);

 private:
  sql::Writer& writer_;
  std::mutex mutex_;
  std::optional<std::promise<void>> may_go_on_;
  std::thread waiting_;
};

struct TestDoors {
  SettableClock& clock;
  projects::Directory& projects;
  sql::Database& database;
  const blobs::BlobStore& blobs;
  mobile::RestoreDesk& restores;
  sync::Restorer& restorer;
  WriterHold writer_hold;
  const http::Router& router;  // of the public listeners
  user_cases::UserCases& user_cases;
};

void AddTestDoors(http::Router& router, TestDoors& doors);

}  // namespace outpost::cli
