#pragma once

#include <filesystem>
#include <functional>
#include <optional>

#include "base/clock.h"
#include "operations/backup/destination.h"
#include "operations/backup/drill.h"
#include "operations/backup/keys.h"
#include "operations/pg_backup/verify.h"

/// The drill of operations/backup for a PostgreSQL: what was restored is started by PostgreSQL
/// itself, in a scratch place and on a socket of its own.
namespace outpost::pg_backup {

struct DrillOptions {
  std::filesystem::path scratch;  // absent or empty; removed at the end
  std::optional<ExpectedEnd> expected;
  /// Of the proof that the server has just made; it must be there.
  std::optional<std::int64_t> expected_proof;
  std::function<void(std::string_view what, std::int64_t done, std::int64_t total)> progress;
};

/// Never throws for what is wrong with the backup: that is its result.
/// @throws Problem when it cannot be held: no room, the key cannot open, PostgreSQL is not here
backup::DrillRecord HoldDrill(const backup::Destination& destination, const backup::BackupKey& key,
                              const DrillOptions& options, const Clock& clock);

}  // namespace outpost::pg_backup
