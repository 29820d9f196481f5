#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/data_folder.h"
#include "operations/backup/destination.h"
#include "operations/backup/keys.h"
#include "operations/pg_backup/catalogue.h"
#include "store/sql/database.h"
#include "store/sql/writer.h"

/// A folder out of a backup of PostgreSQL, from which PostgreSQL itself goes on:
///
///   NEW/postgresql/   the base, and what tells PostgreSQL to replay NEW/wal and then to serve
///   NEW/wal/          its log
///   NEW/blobs/        Outpost's files
///   NEW/restored.json what Outpost notes in the database when it first serves it
namespace outpost::pg_backup {

struct RestoreOptions {
  DataPaths into;  // absent or empty
  std::optional<Instant> at;
  /// Replay ends just before the commit of this transaction. For drills.
  std::string before_transaction;
  bool with_files = true;
  /// Told what is done, and how far: "base", "segments", "files". May throw to end it.
  std::function<void(std::string_view what, std::int64_t done, std::int64_t total)> progress;
};

struct Restored {
  Manifest base;
  std::int64_t seq = 0;  // newest position that is surely in it, unless it was cut at a moment
  Instant at;            // its moment
  std::int64_t segments = 0, files = 0, file_bytes = 0, micros = 0;
  std::vector<std::string> missing_files;  // blobs that the backup does not hold whole
  std::string shortfall;
  std::string settings_text;
  bool has_server_key = false;
};

/// Checks first: the folder, the room it needs. When root restores, what PostgreSQL reads belongs
/// to the account postgres where there is one.
/// @throws Problem kConflict when the folder is not empty, kStorageFull before anything is written
///         when there is no room, kUnprocessable naming the parcel that is damaged, kNotFound
Restored RestoreBackup(const backup::Destination& destination, const backup::BackupKey& key,
                       const RestoreOptions& options, const Clock& clock);

/// What to type to start what was restored, for people.
std::string HowToStart(const DataPaths& restored, const Manifest& base);

/// A new generation says that history goes on differently from here: noted in the database when it
/// is first served from a restored folder. Nothing happens in other folders.
void BeginGeneration(const DataPaths& paths, sql::Writer& writer, const Clock& clock);

}  // namespace outpost::pg_backup
