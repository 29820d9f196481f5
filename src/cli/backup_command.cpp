#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <thread>

#include "base/data_folder.h"
#include "base/log.h"
#include "base/problem.h"
#include "base/settings.h"
#include "base/text.h"
#include "cli/admin_client.h"
#include "cli/backup_arguments.h"
#include "cli/commands.h"
#include "cli/pg_backup_commands.h"
#include "cli/serve/backup_desk.h"
#include "cli/serve/keys.h"
#include "operations/backup/base_copy.h"
#include "operations/backup/catalogue.h"
#include "operations/backup/destination.h"
#include "operations/backup/drill.h"
#include "operations/backup/layout.h"
#include "operations/backup/own_program.h"
#include "operations/backup/shipper.h"
#include "operations/backup/verify.h"
#include "operations/pg_backup/catalogue.h"

namespace outpost::cli {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kPollPause{200};

// --- now ---

/// Runs an admin command: in the server, or in this process.
using Ask = std::function<json::object(std::string_view command, const json::object& arguments)>;

/// What shipping needs, without a server. Owns the data folder while it lives.
class BackupHere {
 public:
  explicit BackupHere(const fs::path& data)
      : settings_(SettingsOf(data)),
        folder_(data),
        database_(sql::Database::Open({LocationOf(settings_, folder_.paths())})),
        tap_(*database_, folder_.paths().database()),
        writer_(*database_, clock_, metrics_),
        blobs_(folder_.paths().blobs()),
        desk_({*database_, writer_, clock_, metrics_, folder_.paths(), tap_, blobs_}, settings_) {
    tap_.Watch(folder_.paths().blobs());
  }
  ~BackupHere() {
    writer_.Stop();
    desk_.Stop();
  }
  BackupHere(const BackupHere&) = delete;
  BackupHere& operator=(const BackupHere&) = delete;

  json::object Run(std::string_view command, const json::object& arguments) {
    return json::parse(desk_.Run(command, json::serialize(arguments))).as_object();
  }

 private:
  static Settings SettingsOf(const fs::path& data) {
    Settings::Sources sources;
    sources.environment = ProcessEnvironment();
    sources.command_line["data.folder"] = data.string();
    return Settings::Load(kServeKeys, sources);
  }
  static std::string LocationOf(const Settings& settings, const DataPaths& paths) {
    const auto location = settings.Text("database.location");
    return location.empty() ? paths.database().string() : location;
  }

  Settings settings_;
  DataFolder folder_;
  SystemClock clock_;
  MetricRegistry metrics_;
  std::unique_ptr<sql::Database> database_;
  backup::LogTap tap_;
  sql::Writer writer_;
  blobs::BlobStore blobs_;
  BackupDesk desk_;
};

std::unique_ptr<BackupHere> TryHere(const fs::path& data) {
  if (!fs::exists(DataPaths{data}.database())) return nullptr;  // PostgreSQL, or a running server
  try {
    return std::make_unique<BackupHere>(data);
  } catch (const Problem& problem) {
    if (problem.kind() != ProblemKind::kConflict) throw;
    return nullptr;
  }
}

json::object WatchJob(const Ask& ask) {
  for (;;) {
    const auto status = ask("backup.status", {});
    const auto& job = status.at("job").as_object();
    const auto& state = job.at("state").as_string();
    if (const auto* all = job.if_contains("all"); all != nullptr && all->as_int64() > 0) {
      ShowProgress("base", job.at("done").as_int64(), all->as_int64());
    }
    if (state == "done") return job.at("result").as_object();
    if (state != "running") {
      throw Problem(ProblemKind::kInternal,
                    "The backup was not made: " + (job.at("error").as_string().empty()
                                                       ? std::string("the server was restarted.")
                                                       : std::string(job.at("error").as_string())));
    }
    std::this_thread::sleep_for(kPollPause);
  }
}

void MakeNow(const BackupArguments& arguments) {
  SetLogLevel(LogLevel::kError);
  const auto here = TryHere(arguments.data);
  const Ask ask = [&](std::string_view command, const json::object& given) {
    if (here != nullptr) return here->Run(command, given);
    return json::parse(CallServer(arguments.data, command, json::serialize(given))).as_object();
  };
  json::object given;
  if (!arguments.place.empty()) given["to"] = backup::NormalPlace(arguments.place);
  if (!arguments.key.empty()) given["key"] = fs::absolute(arguments.key).string();
  const bool had_key = fs::exists(KeyFileOf(arguments));
  ask("backup.now", given);
  const auto result = WatchJob(ask);
  if (arguments.as_json) {
    std::cout << json::serialize(result) << '\n';
    return;
  }
  std::cout << fmt::format("Backed up to position {}, {}: {}.\n", result.at("seq").as_int64(),
                           std::string(result.at("at").as_string()),
                           SizeText(result.at("bytes").as_int64()));
  if (!had_key && fs::exists(KeyFileOf(arguments))) {
    std::cout << fmt::format(
        "A key was made: {}\nKeep a copy of it apart from the server and from the backup: without "
        "it nothing can be\nrestored.\n",
        KeyFileOf(arguments).string());
  }
}

// --- status, list, verify ---

void ShowStatus(const BackupArguments& arguments) {
  const auto status = json::parse(CallServer(arguments.data, "backup.status", "{}")).as_object();
  if (arguments.as_json) {
    std::cout << json::serialize(status) << '\n';
    return;
  }
  if (const auto& warning = status.at("warning").as_string(); !warning.empty()) {
    std::cout << "WARNING  " << warning.c_str() << "\n\n";
  }
  const auto* shipping = status.if_contains("shipping");
  if (shipping == nullptr) {
    const auto& trouble = status.at("trouble").as_string();
    std::cout << (status.at("to").as_string().empty()
                      ? std::string("Nothing is shipped: [backup] to is not set.\n")
                      : fmt::format("NOT SHIPPING to {}: {}\n",
                                    std::string(status.at("to").as_string()),
                                    std::string(trouble)));
    throw ExitCode{1};
  }
  const auto& now = shipping->as_object();
  std::cout << fmt::format(
      "Shipping to {}\n  newest commit there  position {}, {}\n  behind       "
      "        {} positions, {} segments ({}) waiting\n  base                "
      " {}\n",
      std::string(now.at("to").as_string()), now.at("sent_seq").as_int64(),
      std::string(now.at("sent_at").as_string()),
      std::max<std::int64_t>(0, now.at("committed_seq").as_int64() - now.at("sent_seq").as_int64()),
      now.at("waiting_segments").as_int64(), SizeText(now.at("waiting_bytes").as_int64()),
      now.at("is_base_running").as_bool()
          ? fmt::format("being made: {} of {}", SizeText(now.at("base_done_bytes").as_int64()),
                        SizeText(now.at("base_total_bytes").as_int64()))
      : now.at("has_base").as_bool() ? "there"
                                     : "none yet: nothing can be restored");
  if (const auto* lag = now.if_contains("slot_lag_bytes")) {
    std::cout << fmt::format("  PostgreSQL holds     {} for the slot {}\n",
                             SizeText(lag->as_int64()), std::string(now.at("slot").as_string()));
  }
  if (!now.at("trouble").as_string().empty()) {
    std::cout << "  TROUBLE              " << now.at("trouble").as_string().c_str() << '\n';
    throw ExitCode{1};
  }
}

json::object JsonOf(const backup::Catalogue& catalogue) {
  json::array bases;
  for (const auto& base : catalogue.bases) {
    bases.push_back(json::object{{"base", backup::HexOf(base.base)},
                                 {"seq", base.seq},
                                 {"at", FormatT6(base.at)},
                                 {"bytes", base.bytes}});
  }
  json::array series;
  for (const auto& [id, segments] : catalogue.segments) {
    std::int64_t bytes = 0;
    for (const auto& segment : segments) bytes += segment.bytes;
    series.push_back(json::object{{"series", backup::HexOf(id)},
                                  {"segments", std::ssize(segments)},
                                  {"first_number", segments.front().name.number},
                                  {"last_number", segments.back().name.number},
                                  {"last_seq", segments.back().name.last_seq},
                                  {"last_at", FormatT6(segments.back().name.last_at)},
                                  {"bytes", bytes}});
  }
  return {{"bases", std::move(bases)},
          {"series", std::move(series)},
          {"files", catalogue.files},
          {"file_bytes", catalogue.file_bytes},
          {"unreadable", json::value_from(catalogue.unreadable)}};
}

void List(const BackupArguments& arguments) {
  const auto key = backup::LoadBackupKey(KeyFileOf(arguments));
  const auto destination = OpenPlace(arguments);
  if (pg_backup::HoldsPostgresql(*destination)) {
    return ListPostgresql(*destination, key, arguments.as_json);
  }
  const auto catalogue = backup::ReadCatalogue(*destination, key);
  if (arguments.as_json) {
    std::cout << json::serialize(JsonOf(catalogue)) << '\n';
    return;
  }
  std::cout << "Bases\n";
  for (const auto& base : catalogue.bases) {
    std::cout << fmt::format("  {}  position {:>12}  {:>10}  {}\n", FormatT6(base.at), base.seq,
                             SizeText(base.bytes), backup::HexOf(base.base));
  }
  std::cout << "Segments\n";
  for (const auto& [id, segments] : catalogue.segments) {
    const auto& last = segments.back().name;
    std::cout << fmt::format("  {}  {} segments, the last of {}, position {}\n", backup::HexOf(id),
                             segments.size(), FormatT6(last.last_at), last.last_seq);
  }
  std::cout << fmt::format("Files\n  {} ({})\n", catalogue.files, SizeText(catalogue.file_bytes));
  for (const auto& damage : catalogue.unreadable) std::cout << "DAMAGED  " << damage << '\n';
  const auto plan = backup::PlanRestore(catalogue, {});
  const auto& newest = plan.segments.empty() ? plan.base.at : plan.segments.back().name.last_at;
  std::cout << fmt::format("One can go back to any moment from {} to {}.\n",
                           FormatT6(catalogue.bases.front().at), FormatT6(newest));
  if (!plan.shortfall.empty()) std::cout << plan.shortfall << '\n';
}

void Verify(const BackupArguments& arguments) {
  const auto key = backup::LoadBackupKey(KeyFileOf(arguments));
  const auto destination = OpenPlace(arguments);
  const auto show = [](std::int64_t done, std::int64_t all) { ShowProgress("parcels", done, all); };
  const auto verified =
      pg_backup::HoldsPostgresql(*destination)
          ? VerifyPostgresql(arguments, *destination, key)
          : backup::VerifyBackup(*destination, key,
                                 backup::SentTo({arguments.data}, destination->where()), show);
  if (arguments.as_json) {
    std::cout << json::serialize(json::object{{"parcels", verified.parcels},
                                              {"bytes", verified.bytes},
                                              {"bases", verified.bases},
                                              {"segments", verified.segments},
                                              {"files", verified.files},
                                              {"damages", json::value_from(verified.damages)}})
              << '\n';
  } else {
    for (const auto& damage : verified.damages) std::cout << "DAMAGED  " << damage << '\n';
    std::cout << fmt::format(
        "{} parcels, {}: {} bases, {} segments, {} files; {}\n", verified.parcels,
        SizeText(verified.bytes), verified.bases, verified.segments, verified.files,
        verified.damages.empty() ? "all whole and in their places"
                                 : fmt::format("{} damages", verified.damages.size()));
  }
  if (!verified.damages.empty()) throw ExitCode{1};
}

// --- drill ---

/// Asks the running server for a proof; @returns its position. Without a server the backup is
/// checked by itself.
std::optional<std::int64_t> AskForProof(const BackupArguments& arguments) {
  std::error_code ignored;
  if (!fs::exists(DataPaths{arguments.data}.admin_socket(), ignored)) return std::nullopt;
  try {
    const auto proof = json::parse(CallServer(arguments.data, "backup.prove", "{}")).as_object();
    if (proof.at("has_arrived").as_bool()) return proof.at("seq").as_int64();
    std::cerr << "The newest commits did not arrive at the backup within a minute.\n";
  } catch (const Problem& problem) {
    std::cerr << "No new proof was made: " << problem.told() << '\n';
  }
  return std::nullopt;
}

void PrintDrill(const backup::DrillRecord& record) {
  for (const auto& damage : record.damages) std::cout << "DAMAGED  " << damage << '\n';
  std::cout << fmt::format(
      "Restored to position {}, {}, in {:.1f} s; read {} parcels ({}), {} files.\n", record.seq,
      FormatT6(record.newest), static_cast<double>(record.restore_micros) / 1e6, record.parcels,
      SizeText(record.bytes), record.files);
  std::cout << (record.proof_seq == 0
                    ? std::string("There was no proof of the server's to compare with.\n")
                    : fmt::format("Compared at position {}: {} forms, restores of {} users.\n",
                                  record.proof_seq, record.forms, record.users));
  std::cout << (record.damages.empty() ? "Proven.\n" : "NOT PROVEN.\n");
}

void HoldDrill(const BackupArguments& arguments) {
  SetLogLevel(LogLevel::kError);
  if (arguments.has_low_priority) backup::StandBack();
  const auto key = backup::LoadBackupKey(KeyFileOf(arguments));
  const auto destination = OpenPlace(arguments);
  const auto expected_proof = AskForProof(arguments);
  backup::DrillOptions options;
  options.expected_proof = expected_proof;
  options.scratch =
      arguments.scratch.empty() ? fs::path(arguments.data) / "drill" : fs::path(arguments.scratch);
  options.expected = backup::SentTo({arguments.data}, destination->where());
  options.progress = ShowProgress;
  const auto record = pg_backup::HoldsPostgresql(*destination)
                          ? DrillPostgresql(arguments, *destination, key, expected_proof)
                          : backup::HoldDrill(*destination, key, options, SystemClock());
  if (fs::is_directory(arguments.data)) backup::SaveDrill(arguments.data, record);
  if (arguments.as_json) {
    std::cout << backup::JsonOf(record) << '\n';
  } else {
    PrintDrill(record);
  }
  if (!record.damages.empty()) throw ExitCode{1};
}

// --- the child of a base ---

struct ChildArguments {
  std::string database, to, key, base, id;
  std::int64_t bytes_per_second = 0;
};

void RunChild(const ChildArguments& arguments) {
  backup::BasePlan plan;
  plan.database_file = arguments.database;
  plan.where = arguments.to;
  plan.key_file = arguments.key;
  plan.bytes_per_second = arguments.bytes_per_second;
  const auto base = BytesOfHex(arguments.base);
  const auto id = BytesOfHex(arguments.id);
  if (!base || base->size() != plan.base.size() || !id || id->size() != plan.database.size()) {
    throw Problem(ProblemKind::kBadRequest, "This command is the server's own.");
  }
  std::copy(base->begin(), base->end(), plan.base.begin());
  std::copy(id->begin(), id->end(), plan.database.begin());
  backup::RunBaseChild(plan);
}

void AddChild(CLI::App& family) {
  const auto arguments = std::make_shared<ChildArguments>();
  auto* child = family.add_subcommand("copy-base", "")->group("");
  child->add_option("--database", arguments->database)->required();
  child->add_option("--to", arguments->to)->required();
  child->add_option("--key", arguments->key)->required();
  child->add_option("--base", arguments->base)->required();
  child->add_option("--id", arguments->id)->required();
  child->add_option("--bytes-per-second", arguments->bytes_per_second);
  child->callback([arguments] { RunChild(*arguments); });
}

CLI::App& AddOne(CLI::App& family, const char* name, const char* what, const char* place,
                 void (*run)(const BackupArguments&),
                 std::shared_ptr<BackupArguments> arguments = std::make_shared<BackupArguments>()) {
  auto* command = family.add_subcommand(name, what);
  AddDataOption(*command, *arguments);
  if (place != nullptr) {
    command->add_option(place, arguments->place, "Place of the backup (default: [backup] to)");
    command->add_option("--key", arguments->key, "The backup's key (default: DATA/backup.key)");
  }
  command->add_flag("--json", arguments->as_json, "Print the result as JSON");
  command->callback([arguments, run] { run(*arguments); });
  return *command;
}

void AddDrill(CLI::App& family) {
  const auto arguments = std::make_shared<BackupArguments>();
  auto& drill = AddOne(family, "drill", "Restore the newest backup in a scratch place and check it",
                       "--from", HoldDrill, arguments);
  drill.add_option("--scratch", arguments->scratch,
                   "Folder for it, removed afterwards (default: DATA/drill)");
  drill.add_option("--bytes-per-second", arguments->bytes_per_second,
                   "Read no faster (default: [backup] bytes_per_second)");
  drill.add_flag("--low-priority", arguments->has_low_priority, "Leave the machine to the server");
}

}  // namespace

void AddBackupCommand(CLI::App& app) {
  auto* family = app.add_subcommand("backup", "Make, list and check backups of a server");
  family->require_subcommand(1);
  AddOne(*family, "now", "Make a whole backup now", "--to", MakeNow);
  AddOne(*family, "status", "How far the running server has shipped", nullptr, ShowStatus);
  AddOne(*family, "list", "What there is, and to which moments one can go back", "--from", List);
  AddOne(*family, "verify", "Read all of a backup and see that it is whole", "--from", Verify);
  AddDrill(*family);
  AddChild(*family);
  family->footer(
      "Every commit within a second: start the server with [backup] to = \"/mnt/backup\".\n"
      "Examples: outpost backup now --data /var/lib/outpost --to /mnt/backup\n"
      "  outpost backup now --to 's3://backups/outpost?region=eu-west-1&credentials=/etc/s3.keys'\n"
      "  outpost backup list --from ssh://keeper@backup.example.org/srv/outpost\n"
      "Addresses of places: docs/files.md. Keys are never part of one.\n"
      "Exit code 1: something is damaged or does not work; 2: the call was refused.");
}

}  // namespace outpost::cli
