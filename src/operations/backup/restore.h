#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/data_folder.h"
#include "operations/backup/catalogue.h"
#include "operations/backup/keys.h"

/// A data folder out of a backup: base, segments up to the target, blobs, configuration.
namespace outpost::backup {

struct RestoreOptions {
  DataPaths into;  // absent or empty
  RestoreTarget target;
  bool with_files = true;
  /// Only this project space and its people; empty: all (one_project.h).
  std::string project = {};
  /// A new generation says that history goes on differently from here. A drill does without.
  bool begins_generation = true;
  /// Told what is done, and how far: "base", "segments", "files". May throw to end it.
  std::function<void(std::string_view what, std::int64_t done, std::int64_t total)> progress;
};

struct RestoredBackup {
  std::int64_t seq = 0;  // newest position in it
  Instant at;            // moment of the newest commit in it
  std::int64_t segments = 0, pages = 0, files = 0, file_bytes = 0;
  std::int64_t micros = 0;
  std::vector<std::string> missing_files;  // blobs that the backup does not hold whole
  std::string shortfall;
  std::string settings_text;
  bool has_server_key = false;
};

/// Checks first: the folder, the room it needs. A crash leaves no database that looks whole.
/// @throws Problem kConflict when the folder is not empty, kStorageFull before anything is written
///         when there is no room, kUnprocessable naming the parcel that is damaged, kNotFound
RestoredBackup RestoreBackup(const Destination& destination, const BackupKey& key,
                             const RestoreOptions& options, const Clock& clock);

/// Only the database file, as it was at the target, at `file`; already durable.
RestoredBackup RestoreDatabase(const Destination& destination, const BackupKey& key,
                               const RestorePlan& plan, const RestoreOptions& options,
                               const std::filesystem::path& file);

/// Puts one blob into its place below `folder`, unless it is there. @returns its bytes
/// @throws Problem kUnprocessable naming the parcel
std::int64_t RestoreFile(const Destination& destination, const BackupKey& key,
                         const std::string& id, const std::filesystem::path& folder);

/// A file whose pages are together becomes the database of options.into: with another generation
/// than `generation`, all blobs beside it, and its name last.
void SettleDatabase(const Destination& destination, const BackupKey& key,
                    const RestoreOptions& options, const std::string& generation,
                    const std::filesystem::path& unnamed, const Clock& clock,
                    RestoredBackup& restored);

}  // namespace outpost::backup
