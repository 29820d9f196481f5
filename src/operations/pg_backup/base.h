#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "operations/backup/destination.h"
#include "operations/backup/keys.h"
#include "operations/backup/parcel.h"
#include "operations/pg_backup/server.h"

/// A base of PostgreSQL: what its pg_basebackup writes, in sealed parts. It becomes a database
/// together with the log from before it was begun to after it was finished.
namespace outpost::pg_backup {

/// Of the tar stream, before packing.
inline constexpr std::size_t kPartBytes = std::size_t{16} << 20;

struct BaseStream {
  std::int64_t bytes = 0, parts = 0;
  backup::Check last_check{};
};

/// Runs pg_basebackup and puts its parts. `goes_on` is told the bytes so far, about once a second
/// at least; false ends it. @throws Problem with the program's words when it fails
BaseStream StreamBase(const Reach& reach, const ServerFacts& facts,
                      backup::Destination& destination, const backup::BackupKey& key,
                      const backup::DatabaseId& database, const backup::SeriesId& base,
                      const std::function<bool(std::int64_t bytes)>& goes_on);

/// Removes parts of bases that were begun and never finished. Not while one is being made.
void RemoveUnfinishedBases(backup::Destination& destination);

}  // namespace outpost::pg_backup
