#include "operations/pg_backup/restore.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cerrno>
#include <fstream>
#include <system_error>
#include <utility>

#include "base/problem.h"
#include "base/text.h"
#include "operations/backup/detail/fetch.h"
#include "operations/backup/files.h"
#include "operations/backup/restore.h"
#include "operations/pg_backup/detail/wal_spool.h"
#include "operations/pg_backup/server.h"
#include "operations/pg_backup/unpack.h"

namespace outpost::pg_backup {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr const char* kNote = "restored.json";

fs::path ServerFolder(const DataPaths& into) { return into.root / "postgresql"; }
fs::path WalFolderIn(const DataPaths& into) { return into.root / "wal"; }

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
  if (error) backup::ThrowFileProblem(folder, error.value());
  // PostgreSQL's account must get through to its own folder.
  const auto others = ::geteuid() == 0 ? fs::perms::others_exec : fs::perms::none;
  fs::permissions(folder, fs::perms::owner_all | others, error);
}

void LayBase(const backup::Destination& destination, const backup::BackupKey& key,
             const Manifest& base, const RestoreOptions& options) {
  Unpacker unpacker(ServerFolder(options.into));
  backup::Check previous{};
  std::int64_t bytes = 0;
  for (std::int64_t number = 0; number < base.parts; ++number) {
    backup::ReadParcel read;
    const auto body = backup::detail::Fetch(
        destination, key, BasePartName(base.base, number),
        [&](const backup::ReadParcel& found) {
          return found.head.kind == backup::ParcelKind::kPgBasePart &&
                 found.head.series == base.base && found.head.number == number &&
                 found.head.previous == previous;
        },
        &read);
    previous = read.check;
    bytes += std::ssize(body);
    unpacker.Take(body);
    Tell(options, "base", number + 1, base.parts);
  }
  if (bytes != base.bytes) {
    throw Problem(ProblemKind::kUnprocessable, "The base is shorter than it was.");
  }
  unpacker.Finish();
}

void LayWal(const backup::Destination& destination, const backup::BackupKey& key,
            const RestorePlan& plan, const RestoreOptions& options, Restored& restored) {
  const auto folder = WalFolderIn(options.into);
  fs::create_directories(folder);
  fs::permissions(folder, fs::perms::owner_all);
  for (const auto& entry : plan.wal) {
    const auto& name = entry.name;
    auto body =
        backup::detail::Fetch(destination, key, entry.object, [&](const backup::ReadParcel& found) {
          return found.head.kind == backup::ParcelKind::kPgWal &&
                 found.head.series == name.system && found.head.number == name.number &&
                 found.head.first_seq == name.filled;
        });
    if (!detail::IsSegmentOf(body, name.system, name.number * name.segment_bytes) ||
        std::ssize(body) > name.segment_bytes) {
      throw Problem(ProblemKind::kUnprocessable, entry.object + ": it holds another segment");
    }
    body.resize(static_cast<std::size_t>(name.segment_bytes), '\0');
    const auto file = folder / SegmentName(name.timeline, name.number, name.segment_bytes);
    backup::WriteInPlace(file, body, {});
    ++restored.segments;
    restored.seq = std::max(restored.seq, name.last_seq);
    restored.at = std::max(restored.at, name.last_at);
    Tell(options, "segments", restored.segments, std::ssize(plan.wal));
  }
}

/// In a setting of PostgreSQL's.
std::string Setting(std::string_view value) {
  std::string out = "'";
  for (const char letter : value) {
    out += letter;
    if (letter == '\'' || letter == '\\') out += letter;
  }
  return out + "'";
}

/// As one word of a shell, within a restore_command: its own % are doubled.
std::string ShellWord(std::string_view word) {
  std::string out = "'";
  for (const char letter : word) {
    if (letter == '\'') {
      out += "'\\''";
    } else {
      out += letter;
      if (letter == '%') out += letter;
    }
  }
  return out + "'";
}

void WriteRecovery(const RestorePlan& plan, const RestoreOptions& options) {
  const auto folder = ServerFolder(options.into);
  const auto wal = fs::absolute(WalFolderIn(options.into)).string();
  std::string text =
      "# Written by outpost restore.\n"
      "restore_command = " +
      Setting("cp " + ShellWord(wal) + "/%f \"%p\"") +
      "\n"
      "recovery_target_timeline = 'current'\n"
      "recovery_target_action = 'promote'\n"
      "hot_standby = 'off'\n";  // else its limits must be those of the server that was backed up
  if (!options.before_transaction.empty()) {
    text += "recovery_target_xid = " + Setting(options.before_transaction) +
            "\nrecovery_target_inclusive = 'off'\n";
  } else if (plan.stop_at) {
    text += "recovery_target_time = " + Setting(FormatNaive(*plan.stop_at) + "+00") + "\n";
  }
  std::ofstream(folder / "postgresql.auto.conf", std::ios::app) << text;
  std::ofstream(folder / "recovery.signal").flush();
  // Debian keeps these elsewhere, so that a base has none.
  if (!fs::exists(folder / "postgresql.conf")) {
    std::ofstream(folder / "postgresql.conf") << "# None was part of the backup.\n";
  }
  if (!fs::exists(folder / "pg_hba.conf")) {
    std::ofstream(folder / "pg_hba.conf") << "# None was part of the backup.\n"
                                             "local all all peer\n"
                                             "host all all 127.0.0.1/32 scram-sha-256\n";
  }
}

void FetchSettings(const backup::Destination& destination, const backup::BackupKey& key,
                   const SeriesId& base, const DataPaths& into, Restored& restored) {
  const auto name = backup::SettingsName(base);
  if (!destination.Has(name)) return;
  const auto body =
      backup::detail::Fetch(destination, key, name, [](const backup::ReadParcel& found) {
        return found.head.kind == backup::ParcelKind::kSettings;
      });
  const auto value = json::parse(body);
  const auto& object = value.as_object();
  restored.settings_text = object.at("settings").as_string();
  if (const auto* secret = object.if_contains("server_key")) {
    backup::WriteDurably(into.server_key(), std::string(secret->as_string()) + "\n");
    restored.has_server_key = true;
  }
}

/// All that the backup has: which ones the database names is known only when it runs.
void FetchFiles(const backup::Destination& destination, const backup::BackupKey& key,
                const RestoreOptions& options, Restored& restored) {
  const auto objects = destination.List("file");
  for (const auto& object : objects) {
    const std::string id(backup::BlobIdOf(object.name));
    if (id.empty()) continue;
    try {
      restored.file_bytes += backup::RestoreFile(destination, key, id, options.into.blobs());
    } catch (const Problem& problem) {
      if (problem.kind() == ProblemKind::kStorageFull) throw;
      restored.missing_files.push_back(problem.told());
    }
    ++restored.files;
    Tell(options, "files", restored.files, std::ssize(objects));
  }
}

void GiveToServersAccount(const DataPaths& into) {
  if (::geteuid() != 0) return;
  const auto* account = ::getpwnam("postgres");  // NOLINT(concurrency-mt-unsafe)
  if (account == nullptr) return;
  for (const auto& folder : {ServerFolder(into), WalFolderIn(into)}) {
    const auto give = [&](const fs::path& path) {
      if (::lchown(path.c_str(), account->pw_uid, account->pw_gid) != 0) {
        backup::ThrowFileProblem(path, errno);
      }
    };
    give(folder);
    for (const auto& entry : fs::recursive_directory_iterator(folder)) give(entry.path());
  }
}

}  // namespace

Restored RestoreBackup(const backup::Destination& destination, const backup::BackupKey& key,
                       const RestoreOptions& options, const Clock& clock) {
  const auto started = SteadyMicros();
  if (!key.can_open()) {
    throw Problem(ProblemKind::kForbidden,
                  "The key at hand can only write backups. Name the file with the line \"open\" "
                  "with --key.");
  }
  const auto plan = PlanRestore(pg_backup::ReadCatalogue(destination, key), options.at);
  MakeEmptyFolder(options.into.root);
  backup::RequireRoom(options.into.root, plan.needed_bytes);
  Restored restored;
  restored.base = plan.base;
  restored.seq = plan.base.seq;
  restored.at = plan.base.at;
  restored.shortfall = plan.shortfall;
  LayWal(destination, key, plan, options, restored);
  LayBase(destination, key, plan.base, options);
  FetchSettings(destination, key, plan.base.base, options.into, restored);
  if (options.with_files) FetchFiles(destination, key, options, restored);
  backup::WriteDurably(options.into.root / kNote,
                       json::serialize(json::object{{"generation", plan.base.generation},
                                                    {"seq", restored.seq},
                                                    {"restored_on", FormatT6(clock.Now())}}) +
                           "\n");
  WriteRecovery(plan, options);
  GiveToServersAccount(options.into);
  ::sync();
  restored.micros = SteadyMicros() - started;
  return restored;
}

std::string HowToStart(const DataPaths& restored, const Manifest& base) {
  const auto folder = ServerFolder(restored).string();
  const auto programs = FindServerPrograms(base.major());
  const auto tool = programs.empty()
                        ? fmt::format("/usr/lib/postgresql/{}/bin/pg_ctl", base.major())
                        : (programs / "pg_ctl").string();
  return fmt::format(
      "Start PostgreSQL {} on it, as the owner of {}, then Outpost when it has replayed its log:\n"
      "  {} -D {} -l {}/server.log -w -t 86400 start\n"
      "  outpost serve --data {} --database 'postgresql:///{}?user={}'\n",
      base.major(), folder, tool, folder, folder, restored.root.string(), base.database, base.user);
}

void BeginGeneration(const DataPaths& paths, sql::Writer& writer, const Clock& clock) {
  const auto note = paths.root / kNote;
  std::error_code error;
  if (!fs::exists(note, error)) return;
  const auto value = json::parse(backup::ReadWhole(note));
  auto from = value.as_object();
  writer.Run(0, [&](sql::Batch& batch) {
    const auto put = [&](std::string_view name, const std::string& text) {
      batch.connection().Execute(
          "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = "
          "excluded.value",
          {name, text});
    };
    from["first_served_on"] = FormatT6(clock.Now());
    put("generation", backup::HexOf(backup::NewSeries()));
    put("restored_from", json::serialize(from));
  });
  fs::remove(note, error);
}

}  // namespace outpost::pg_backup
