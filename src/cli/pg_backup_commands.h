#pragma once

#include <cstdint>
#include <optional>

#include "base/instant.h"
#include "cli/backup_arguments.h"
#include "operations/backup/destination.h"
#include "operations/backup/drill.h"
#include "operations/backup/keys.h"
#include "operations/backup/verify.h"

/// The commands about backups, for a place that holds a PostgreSQL.
namespace outpost::cli {

void ListPostgresql(const backup::Destination& destination, const backup::BackupKey& key,
                    bool as_json);
backup::Verified VerifyPostgresql(const BackupArguments& arguments,
                                  const backup::Destination& destination,
                                  const backup::BackupKey& key);
backup::DrillRecord DrillPostgresql(const BackupArguments& arguments,
                                    const backup::Destination& destination,
                                    const backup::BackupKey& key,
                                    std::optional<std::int64_t> expected_proof);
/// @throws ExitCode 1 when files are missing
void RestorePostgresql(const BackupArguments& arguments, const backup::Destination& destination,
                       const backup::BackupKey& key, const std::optional<Instant>& at);

}  // namespace outpost::cli
