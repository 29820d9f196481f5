#include "cli/pg_backup_commands.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "base/clock.h"
#include "cli/commands.h"
#include "operations/pg_backup/catalogue.h"
#include "operations/pg_backup/drill.h"
#include "operations/pg_backup/restore.h"
#include "operations/pg_backup/verify.h"

namespace outpost::cli {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

json::object JsonOf(const pg_backup::Catalogue& catalogue) {
  json::array bases;
  for (const auto& base : catalogue.bases) {
    bases.push_back(json::object{{"base", backup::HexOf(base.base)},
                                 {"seq", base.seq},
                                 {"at", FormatT6(base.at)},
                                 {"bytes", base.bytes}});
  }
  json::array log;
  for (const auto& wal : catalogue.wal) {
    log.push_back(json::object{
        {"segment",
         pg_backup::SegmentName(wal.name.timeline, wal.name.number, wal.name.segment_bytes)},
        {"filled", wal.name.filled},
        {"last_seq", wal.name.last_seq},
        {"last_at", FormatT6(wal.name.last_at)},
        {"bytes", wal.bytes}});
  }
  return {{"engine", "postgresql"},
          {"bases", std::move(bases)},
          {"log", std::move(log)},
          {"files", catalogue.files},
          {"file_bytes", catalogue.file_bytes},
          {"unreadable", json::value_from(catalogue.unreadable)}};
}

json::object JsonOf(const pg_backup::Restored& restored) {
  return {{"engine", "postgresql"},
          {"seq", restored.seq},
          {"at", FormatT6(restored.at)},
          {"bytes", restored.base.bytes},
          {"segments", restored.segments},
          {"files", restored.files},
          {"file_bytes", restored.file_bytes},
          {"micros", restored.micros},
          {"has_server_key", restored.has_server_key},
          {"database", restored.base.database},
          {"user", restored.base.user},
          {"missing_files", json::value_from(restored.missing_files)},
          {"shortfall", restored.shortfall}};
}

void Print(const DataPaths& into, const pg_backup::Restored& restored,
           const std::optional<Instant>& at) {
  std::cout << fmt::format(
      "Laid down in {:.1f} s: a base ({}), {} segments of the log, {} files ({}).\n",
      static_cast<double>(restored.micros) / 1e6, SizeText(restored.base.bytes), restored.segments,
      restored.files, SizeText(restored.file_bytes));
  std::cout << (at ? fmt::format("PostgreSQL will replay to the last commit at or before {}.\n",
                                 FormatT6(*at))
                   : fmt::format("PostgreSQL will replay to position {} or later, {}.\n",
                                 restored.seq, FormatT6(restored.at)));
  if (!restored.shortfall.empty()) std::cout << restored.shortfall << '\n';
  for (const auto& missing : restored.missing_files) std::cout << "MISSING  " << missing << '\n';
  if (!restored.has_server_key) {
    std::cout << "server.key is not part of this backup: put it back from its own copy before the "
                 "server starts,\nor sealed secrets cannot be read.\n";
  }
  std::cout << "Phones that synced later than this moment sync anew by themselves.\n"
            << pg_backup::HowToStart(into, restored.base);
}

}  // namespace

void ListPostgresql(const backup::Destination& destination, const backup::BackupKey& key,
                    bool as_json) {
  const auto catalogue = pg_backup::ReadCatalogue(destination, key);
  if (as_json) {
    std::cout << json::serialize(JsonOf(catalogue)) << '\n';
    return;
  }
  std::cout << "Bases of PostgreSQL\n";
  for (const auto& base : catalogue.bases) {
    std::cout << fmt::format("  {}  position {:>12}  {:>10}  {}\n", FormatT6(base.at), base.seq,
                             SizeText(base.bytes), backup::HexOf(base.base));
  }
  if (!catalogue.wal.empty()) {
    const auto& last = catalogue.wal.back().name;
    std::cout << fmt::format("Log\n  {} segments, the last of {}, position {}\n",
                             catalogue.wal.size(), FormatT6(last.last_at), last.last_seq);
  }
  std::cout << fmt::format("Files\n  {} ({})\n", catalogue.files, SizeText(catalogue.file_bytes));
  for (const auto& damage : catalogue.unreadable) std::cout << "DAMAGED  " << damage << '\n';
  const auto plan = pg_backup::PlanRestore(catalogue, std::nullopt);
  const auto newest = std::max(plan.base.at, plan.wal.back().name.last_at);
  std::cout << fmt::format("One can go back to any moment from {} to {}.\n",
                           FormatT6(catalogue.bases.front().at), FormatT6(newest));
  if (!plan.shortfall.empty()) std::cout << plan.shortfall << '\n';
}

backup::Verified VerifyPostgresql(const BackupArguments& arguments,
                                  const backup::Destination& destination,
                                  const backup::BackupKey& key) {
  const auto expected = pg_backup::SentTo({arguments.data}, destination.where());
  return pg_backup::VerifyBackup(
      destination, key, expected,
      [](std::int64_t done, std::int64_t all) { ShowProgress("parcels", done, all); });
}

backup::DrillRecord DrillPostgresql(const BackupArguments& arguments,
                                    const backup::Destination& destination,
                                    const backup::BackupKey& key,
                                    std::optional<std::int64_t> expected_proof) {
  pg_backup::DrillOptions options;
  options.expected_proof = expected_proof;
  options.scratch =
      arguments.scratch.empty() ? fs::path(arguments.data) / "drill" : fs::path(arguments.scratch);
  options.expected = pg_backup::SentTo({arguments.data}, destination.where());
  options.progress = ShowProgress;
  return pg_backup::HoldDrill(destination, key, options, SystemClock());
}

void RestorePostgresql(const BackupArguments& arguments, const backup::Destination& destination,
                       const backup::BackupKey& key, const std::optional<Instant>& at) {
  pg_backup::RestoreOptions options;
  options.into.root = fs::absolute(arguments.data);
  options.at = at;
  options.progress = ShowProgress;
  const auto restored = pg_backup::RestoreBackup(destination, key, options, SystemClock());
  if (!restored.settings_text.empty()) {
    std::ofstream(options.into.root / "settings-of-backup.txt") << restored.settings_text;
  }
  if (arguments.as_json) {
    std::cout << json::serialize(JsonOf(restored)) << '\n';
  } else {
    Print(options.into, restored, at);
  }
  if (!restored.missing_files.empty()) throw ExitCode{1};
}

}  // namespace outpost::cli
