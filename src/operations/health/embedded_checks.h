#pragma once

#include <vector>

#include "base/data_folder.h"
#include "operations/health/check_board.h"
#include "store/sql/database.h"
#include "store/sql/writer.h"

/// The checks of /serverup.txt for a server that has everything built in (operations document 3.1).
namespace outpost::health {

/// postgres writes a row through the one writer and reads it back, couch reads one, kafka reads the
/// end of the change log, which is written in the same transactions, blobdb stores, reads and
/// deletes a file. What this installation does not use is well.
std::vector<Check> EmbeddedChecks(sql::Database& database, sql::Writer& writer,
                                  const DataPaths& paths);

}  // namespace outpost::health
