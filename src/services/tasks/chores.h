#pragma once

#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "services/tasks/housekeeping.h"
#include "store/blobs/blobs.h"
#include "store/sql/database.h"
#include "store/sql/writer.h"

/// The chores of every server.
namespace outpost::tasks {

/// How many days things are kept that nothing needs any more; 0: for ever.
struct Retention {
  std::int64_t deleted_days = 90;     // soft-deleted forms and cases
  std::int64_t changelog_days = 30;   // changes that every reader has passed
  std::int64_t device_log_days = 60;  // reports of phones about themselves
};

/// All must outlive the chores.
struct Stores {
  sql::Database& database;
  sql::Writer& writer;
  const blobs::BlobStore& blobs;
  const Clock& clock;
};

std::vector<Chore> MakeChores(Stores stores, Retention retention);

}  // namespace outpost::tasks
