#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

#include "base/clock.h"
#include "base/log.h"
#include "base/problem.h"
#include "cli/backup_arguments.h"
#include "cli/commands.h"
#include "cli/pg_backup_commands.h"
#include "operations/backup/destination.h"
#include "operations/backup/restore.h"
#include "operations/pg_backup/catalogue.h"

namespace outpost::cli {
namespace {

namespace json = boost::json;

struct RestoreArguments {
  BackupArguments common;
  std::string at, project;
  std::int64_t seq = -1;
};

backup::RestoreTarget TargetOf(const RestoreArguments& arguments) {
  backup::RestoreTarget target;
  if (!arguments.at.empty()) {
    target.at = ParseDateOrDateTime(arguments.at);
    if (!target.at) {
      throw Problem(ProblemKind::kBadRequest,
                    "\"" + arguments.at +
                        "\" is no moment: write it as 2024-05-01T09:30:00Z or with a zone such as "
                        "+03:00.");
    }
  }
  if (arguments.seq >= 0) target.seq = arguments.seq;
  return target;
}

/// Named beside the database, for the operator to compare; the server reads its own.
void KeepSettings(const std::filesystem::path& folder, const backup::RestoredBackup& restored) {
  if (restored.settings_text.empty()) return;
  std::ofstream file(folder / "settings-of-backup.txt");
  file << restored.settings_text;
}

json::object JsonOf(const backup::RestoredBackup& restored) {
  return {{"seq", restored.seq},
          {"at", FormatT6(restored.at)},
          {"bytes", restored.pages * 4'096},
          {"segments", restored.segments},
          {"files", restored.files},
          {"file_bytes", restored.file_bytes},
          {"micros", restored.micros},
          {"has_server_key", restored.has_server_key},
          {"missing_files", json::value_from(restored.missing_files)},
          {"shortfall", restored.shortfall}};
}

void Print(const RestoreArguments& arguments, const backup::RestoredBackup& restored) {
  std::cout << fmt::format(
      "Restored to position {}, {}, in {:.1f} s: {}, {} files ({}).\n", restored.seq,
      FormatT6(restored.at), static_cast<double>(restored.micros) / 1e6,
      SizeText(restored.pages * 4'096), restored.files, SizeText(restored.file_bytes));
  if (!restored.shortfall.empty()) std::cout << restored.shortfall << '\n';
  for (const auto& missing : restored.missing_files) std::cout << "MISSING  " << missing << '\n';
  if (!restored.has_server_key) {
    std::cout << "server.key is not part of this backup: put it back from its own copy before the "
                 "server starts,\nor sealed secrets cannot be read.\n";
  }
  std::cout << "Phones that synced later than this moment sync anew by themselves. Start it with\n"
               "  outpost serve --data "
            << arguments.common.data << '\n';
}

void Restore(const RestoreArguments& arguments) {
  SetLogLevel(LogLevel::kError);
  const auto target = TargetOf(arguments);
  const auto key = backup::LoadBackupKey(arguments.common.key);
  const auto destination = OpenPlace(arguments.common);
  if (pg_backup::HoldsPostgresql(*destination)) {
    if (target.seq) {
      throw Problem(ProblemKind::kBadRequest,
                    "PostgreSQL can be taken back to a moment only: say it with --at instead of "
                    "--seq. outpost form list and outpost backup list show moments.");
    }
    if (!arguments.project.empty()) {
      throw Problem(ProblemKind::kBadRequest,
                    "One project space alone is restored from backups of SQLite only.");
    }
    return RestorePostgresql(arguments.common, *destination, key, target.at);
  }
  backup::RestoreOptions options;
  options.into.root = std::filesystem::absolute(arguments.common.data);
  options.target = target;
  options.project = arguments.project;
  options.progress = ShowProgress;
  const auto restored = backup::RestoreBackup(*destination, key, options, SystemClock());
  KeepSettings(options.into.root, restored);
  if (arguments.common.as_json) {
    std::cout << json::serialize(JsonOf(restored)) << '\n';
  } else {
    Print(arguments, restored);
  }
  if (!restored.missing_files.empty()) throw ExitCode{1};
}

}  // namespace

void AddRestoreCommand(CLI::App& app) {
  const auto arguments = std::make_shared<RestoreArguments>();
  auto* command = app.add_subcommand("restore", "Make a data folder out of a backup");
  command
      ->add_option("--from", arguments->common.place,
                   "Place of the backup: a folder, s3://…, ssh://…")
      ->required();
  command->add_option("--data", arguments->common.data, "New data folder; absent or empty")
      ->required();
  command->add_option("--key", arguments->common.key, "The backup's key")->required();
  auto* at = command->add_option("--at", arguments->at,
                                 "As it was at this moment, such as 2024-05-01T09:30:00Z");
  command->add_option("--seq", arguments->seq, "As it was at this position of the change log")
      ->excludes(at);
  command->add_option("--project", arguments->project,
                      "Only this project space and its people, to give away or to look at");
  command->add_flag("--json", arguments->common.as_json, "Print the result as JSON");
  command->footer(
      "Example: outpost restore --from /mnt/backup --key backup.key --data /var/lib/outpost-new\n"
      "  outpost restore --from ssh://keeper@backup.example.org/srv/outpost --key backup.key "
      "--data new\n"
      "Without --at and --seq: the newest state. Exit code 1: files are missing; 2: nothing was "
      "restored.");
  command->callback([arguments] { Restore(*arguments); });
}

}  // namespace outpost::cli
