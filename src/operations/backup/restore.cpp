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
#include "operations/backup/detail/files.h"
#include "operations/backup/detail/page_file.h"
#include "operations/backup/detail/wire.h"
#include "operations/backup/layout.h"
#include "store/blobs/blobs.h"
#include "store/sql/database.h"

namespace outpost::backup {
namespace {

namespace fs = std::filesystem;

void Tell(const RestoreOptions& options, std::string_view what, std::int64_t done,
          std::int64_t total) {
  if (options.progress) options.progress(what, done, total);
}

std::string Gigabytes(std::int64_t bytes) {
  const auto tenths = bytes * 10 / (std::int64_t{1} << 30);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " GiB";
}

void RefuseWhenNoRoom(const fs::path& folder, std::int64_t needed) {
  struct statvfs facts {};
  if (::statvfs(folder.c_str(), &facts) != 0) detail::ThrowFileProblem(folder, errno);
  const auto room =
      static_cast<std::int64_t>(facts.f_bavail) * static_cast<std::int64_t>(facts.f_frsize);
  if (room >= needed) return;
  throw Problem(ProblemKind::kStorageFull, "The restore needs about " + Gigabytes(needed) + "; " +
                                               folder.string() + " has room for " +
                                               Gigabytes(room) + ". Nothing was written.");
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
  if (error) detail::ThrowFileProblem(folder, error.value());
  fs::permissions(folder, fs::perms::owner_all, error);
}

/// The plain body of a parcel that must be the one expected there.
std::string Fetch(const Destination& destination, const BackupKey& key, const std::string& name,
                  const std::function<bool(const ReadParcel&)>& is_expected,
                  ReadParcel* read = nullptr) {
  try {
    ReadParcel found;
    auto body = OpenParcel(key, destination.Get(name), &found);
    if (!is_expected(found)) {
      throw Problem(ProblemKind::kUnprocessable, "it stands in the place of another one");
    }
    if (read != nullptr) *read = found;
    return body;
  } catch (const Problem& problem) {
    throw Problem(ProblemKind::kUnprocessable, name + ": " + problem.told());
  }
}

void CopyBaseParts(const Destination& destination, const BackupKey& key, const BaseManifest& base,
                   const RestoreOptions& options, detail::PageFile& file) {
  Check previous{};
  std::int64_t pages = 0;
  for (std::int64_t part = 0; part < base.parts; ++part) {
    ReadParcel read;
    const auto body = Fetch(
        destination, key, BasePartName(base.base, part),
        [&](const ReadParcel& found) {
          return found.head.kind == ParcelKind::kBasePart && found.head.series == base.base &&
                 found.head.number == part && found.head.previous == previous &&
                 found.head.first_seq == pages + 1;
        },
        &read);
    file.WritePages(pages + 1, body);
    pages = read.head.last_seq;
    previous = read.check;
    Tell(options, "base", pages, base.pages);
  }
  if (pages != base.pages) {
    throw Problem(ProblemKind::kUnprocessable, "The base has " + std::to_string(pages) +
                                                   " pages instead of " +
                                                   std::to_string(base.pages) + ".");
  }
}

/// The first commits of a segment that are at or before the target.
std::size_t CountWithin(const LogSegment& segment, const RestoreTarget& target, Instant& newest) {
  std::size_t count = 0;
  for (const auto& commit : segment.commits) {
    if (commit.database_pages == 0) break;
    const auto at = std::max(newest, commit.at);  // clocks may be set back, commits are in order
    if ((target.seq && commit.seq > *target.seq) || (target.at && at > *target.at)) break;
    newest = at;
    ++count;
  }
  return count;
}

void ReplaySegments(const Destination& destination, const BackupKey& key, const RestorePlan& plan,
                    const RestoreOptions& options, detail::PageFile& file,
                    RestoredBackup& restored) {
  Check previous{};
  bool is_first = true;
  for (const auto& entry : plan.segments) {
    ReadParcel read;
    const auto body = Fetch(
        destination, key, entry.object,
        [&](const ReadParcel& found) {
          const auto& head = found.head;
          const bool follows =
              is_first && entry.name.number != 0 ? true : head.previous == previous;
          return head.kind == ParcelKind::kLog && head.series == entry.name.series &&
                 head.number == entry.name.number && head.last_seq == entry.name.last_seq &&
                 head.last_at == entry.name.last_at && follows;
        },
        &read);
    previous = read.check;
    is_first = false;
    const auto segment = ReadSegment(body);
    const auto within = CountWithin(segment, options.target, restored.at);
    file.Apply(segment, within);
    if (within > 0) restored.seq = segment.commits[within - 1].seq;
    ++restored.segments;
    Tell(options, "segments", restored.segments, std::ssize(plan.segments));
    const bool has_rest =
        within < segment.commits.size() && segment.commits[within].database_pages != 0;
    if (has_rest) return;
  }
}

}  // namespace

RestoredBackup RestoreDatabase(const Destination& destination, const BackupKey& key,
                               const RestorePlan& plan, const RestoreOptions& options,
                               const fs::path& file) {
  RestoredBackup restored;
  restored.shortfall = plan.shortfall;
  restored.seq = plan.base.seq;
  if (plan.segments.empty()) restored.at = plan.base.at;
  detail::PageFile pages(file);
  CopyBaseParts(destination, key, plan.base, options, pages);
  ReplaySegments(destination, key, plan, options, pages, restored);
  restored.pages = pages.Finish();
  return restored;
}

namespace {

void WriteGeneration(sql::Connection& connection, const RestorePlan& plan,
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
                           {"generation", plan.base.generation},
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
      const auto bytes = Fetch(destination, key, FileName(id), [&](const ReadParcel& found) {
        return found.head.kind == ParcelKind::kFile;
      });
      if ("b-" + crypto::Sha256Hex(bytes) != id) {
        throw Problem(ProblemKind::kUnprocessable, FileName(id) + ": it holds another file");
      }
      detail::WriteQuickly(folder / id.substr(2, 2) / id.substr(4, 2) / id, bytes);
      restored.file_bytes += static_cast<std::int64_t>(bytes.size());
    } catch (const Problem& problem) {
      if (problem.kind() == ProblemKind::kStorageFull) throw;
      restored.missing_files.push_back(problem.told());
    }
    ++restored.files;
    Tell(options, "files", restored.files, std::ssize(ids));
  }
}

void FetchSettings(const Destination& destination, const BackupKey& key, const RestorePlan& plan,
                   const DataPaths& into, RestoredBackup& restored) {
  const auto name = SettingsName(plan.base.base);
  if (!destination.Has(name)) return;
  const auto body = Fetch(destination, key, name, [](const ReadParcel& found) {
    return found.head.kind == ParcelKind::kSettings;
  });
  const auto value = boost::json::parse(body);
  const auto& object = value.as_object();
  restored.settings_text = object.at("settings").as_string();
  if (const auto* secret = object.if_contains("server_key")) {
    detail::WriteDurably(into.server_key(), std::string(secret->as_string()) + "\n");
    restored.has_server_key = true;
  }
}

}  // namespace

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
  RefuseWhenNoRoom(options.into.root, plan.needed_bytes);
  const fs::path unnamed = options.into.database().string() + ".restoring";
  auto restored = RestoreDatabase(destination, key, plan, options, unnamed);
  {
    const auto database = sql::Database::Open({unnamed.string()});
    const auto writing = database->TakeWritingConnection();
    if (options.begins_generation) WriteGeneration(*writing, plan, restored, clock.Now());
    if (options.with_files) {
      FetchFiles(destination, key, options.into.blobs(), options, *writing, restored);
    }
    database->CheckpointNow(*writing);
  }
  FetchSettings(destination, key, plan, options.into, restored);
  std::error_code ignored;
  for (const char* end : {"-wal", "-shm"}) fs::remove(unnamed.string() + end, ignored);
  if (::rename(unnamed.c_str(), options.into.database().c_str()) != 0) {
    detail::ThrowFileProblem(unnamed, errno);
  }
  ::sync();  // blobs were written quickly
  restored.micros = SteadyMicros() - started;
  return restored;
}

}  // namespace outpost::backup
