#include "operations/backup/restore.h"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cerrno>
#include <system_error>
#include <utility>

#include "base/log.h"
#include "base/problem.h"
#include "base/text.h"
#include "crypto/digests.h"
#include "operations/backup/detail/fetch.h"
#include "operations/backup/files.h"
#include "operations/backup/layout.h"
#include "operations/backup/one_project.h"
#include "operations/backup/replay.h"
#include "store/blobs/blobs.h"
#include "store/sql/database.h"

namespace outpost::backup {
namespace {

namespace fs = std::filesystem;

void Tell(const RestoreOptions& options, std::string_view what, std::int64_t done,
          std::int64_t total) {
  if (options.progress) options.progress(what, done, total);
}

void MakeEmptyFolder(const fs::path& folder) {
  std::error_code error;
  if (fs::exists(folder, error) && !fs::is_empty(folder, error)) {
    throw Problem(ProblemKind::kConflict,
                  folder.string() +
                      " is not empty. Restore into a new folder; a server's "
                      "data is never overwritten.");
  }
  fs::create_directories(folder, error);
  if (error) ThrowFileProblem(folder, error.value());
  fs::permissions(folder, fs::perms::owner_all, error);
}

}  // namespace

RestoredBackup RestoreDatabase(const Destination& destination, const BackupKey& key,
                               const RestorePlan& plan, const RestoreOptions& options,
                               const fs::path& file) {
  Replay replay(destination, key, plan.base, file,
                [&](std::int64_t done, std::int64_t all) { Tell(options, "base", done, all); });
  RestoredBackup restored;
  for (const auto& entry : plan.segments) {
    const bool goes_on = replay.Apply(entry, options.target);
    ++restored.segments;
    Tell(options, "segments", restored.segments, std::ssize(plan.segments));
    if (!goes_on) break;
  }
  restored.shortfall = plan.shortfall;
  restored.seq = replay.place().seq;
  restored.at = replay.place().at;
  restored.pages = replay.Finish();
  return restored;
}

namespace {

void WriteGeneration(sql::Connection& connection, const std::string& before,
                     const RestoredBackup& restored, Instant now) {
  const auto put = [&](std::string_view name, const std::string& value) {
    connection.Execute(
        "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = "
        "excluded.value",
        {name, value});
  };
  connection.Begin();
  put("generation", HexOf(NewSeries()));
  put("restored_from", boost::json::serialize(boost::json::object{
                           {"generation", before},
                           {"seq", restored.seq},
                           {"at", FormatT6(restored.at)},
                           {"restored_on", FormatT6(now)},
                       }));
  connection.Commit();
}

void FetchFiles(const Destination& destination, const BackupKey& key, const fs::path& folder,
                const RestoreOptions& options, sql::Connection& connection,
                RestoredBackup& restored) {
  std::vector<std::string> ids;
  {
    const auto rows = connection.Query("SELECT id FROM blobs WHERE length > $1",
                                       {static_cast<std::int64_t>(blobs::kInDatabaseBytesMax)});
    while (rows->Next()) ids.push_back(rows->String(0));
  }
  for (const auto& id : ids) {
    try {
      restored.file_bytes += RestoreFile(destination, key, id, folder);
    } catch (const Problem& problem) {
      if (problem.kind() == ProblemKind::kStorageFull) throw;
      restored.missing_files.push_back(problem.told());
    }
    ++restored.files;
    Tell(options, "files", restored.files, std::ssize(ids));
  }
}

void FetchSettings(const Destination& destination, const BackupKey& key, const SeriesId& base,
                   const DataPaths& into, RestoredBackup& restored) {
  const auto name = SettingsName(base);
  if (!destination.Has(name)) return;
  const auto body = detail::Fetch(destination, key, name, [](const ReadParcel& found) {
    return found.head.kind == ParcelKind::kSettings;
  });
  const auto value = boost::json::parse(body);
  const auto& object = value.as_object();
  restored.settings_text = object.at("settings").as_string();
  if (const auto* secret = object.if_contains("server_key")) {
    WriteDurably(into.server_key(), std::string(secret->as_string()) + "\n");
    restored.has_server_key = true;
  }
}

}  // namespace

std::int64_t RestoreFile(const Destination& destination, const BackupKey& key,
                         const std::string& id, const fs::path& folder) {
  const auto path = folder / id.substr(2, 2) / id.substr(4, 2) / id;
  std::error_code error;
  const auto there = fs::file_size(path, error);
  if (!error) return static_cast<std::int64_t>(there);
  const auto bytes = detail::Fetch(destination, key, FileName(id), [&](const ReadParcel& found) {
    return found.head.kind == ParcelKind::kFile;
  });
  if ("b-" + crypto::Sha256Hex(bytes) != id) {
    throw Problem(ProblemKind::kUnprocessable, FileName(id) + ": it holds another file");
  }
  WriteQuickly(path, bytes);
  return std::ssize(bytes);
}

void SettleDatabase(const Destination& destination, const BackupKey& key,
                    const RestoreOptions& options, const std::string& generation,
                    const fs::path& unnamed, const Clock& clock, RestoredBackup& restored) {
  {
    const auto database = sql::Database::Open({unnamed.string()});
    const auto writing = database->TakeWritingConnection();
    if (options.begins_generation) WriteGeneration(*writing, generation, restored, clock.Now());
    if (!options.project.empty()) KeepOneProject(*writing, options.project);
    if (options.with_files) {
      FetchFiles(destination, key, options.into.blobs(), options, *writing, restored);
    }
    database->CheckpointNow(*writing);
  }
  std::error_code ignored;
  for (const char* end : {"-wal", "-shm"}) fs::remove(unnamed.string() + end, ignored);
  ::sync();  // blobs were written quickly
  if (::rename(unnamed.c_str(), options.into.database().c_str()) != 0) {
    ThrowFileProblem(unnamed, errno);
  }
  ::sync();
}

RestoredBackup RestoreBackup(const Destination& destination, const BackupKey& key,
                             const RestoreOptions& options, const Clock& clock) {
  const auto started = SteadyMicros();
  if (!key.can_open()) {
    throw Problem(ProblemKind::kForbidden,
                  "The key at hand can only write backups. Name the file with the line \"open\" "
                  "with --key.");
  }
  const auto plan = PlanRestore(ReadCatalogue(destination, key), options.target);
  MakeEmptyFolder(options.into.root);
  // The file of one project space is written a second time.
  const auto again = options.project.empty() ? 0 : plan.base.pages * 4'096;
  RequireRoom(options.into.root, plan.needed_bytes + again);
  const fs::path unnamed = options.into.database().string() + ".restoring";
  auto restored = RestoreDatabase(destination, key, plan, options, unnamed);
  FetchSettings(destination, key, plan.base.base, options.into, restored);
  SettleDatabase(destination, key, options, plan.base.generation, unnamed, clock, restored);
  restored.micros = SteadyMicros() - started;
  return restored;
}

}  // namespace outpost::backup
