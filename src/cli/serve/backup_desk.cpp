#include "cli/serve/backup_desk.h"

#include <boost/json.hpp>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "base/log.h"
#include "base/problem.h"
#include "cli/serve/keys.h"
#include "cli/serve/ship_line.h"
#include "operations/backup/destination.h"
#include "operations/backup/drill.h"
#include "operations/backup/identity.h"
#include "operations/backup/key_care.h"
#include "operations/backup/keys.h"
#include "operations/backup/layout.h"
#include "operations/backup/own_program.h"
#include "operations/backup/proof.h"
#include "operations/backup/retention.h"
#include "operations/backup/shipper.h"
#include "operations/pg_backup/layout.h"
#include "operations/pg_backup/restore.h"

namespace outpost::cli {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::string_view kNow = "backup.now";
constexpr std::string_view kStatus = "backup.status";
constexpr std::string_view kProve = "backup.prove";
constexpr std::int64_t kMinuteSeconds = 60;
constexpr std::int64_t kHourSeconds = 3'600;
constexpr std::int64_t kStopSeconds = 10;
constexpr std::int64_t kProofSeconds = 60;

/// All settings as lines of a TOML file; what opens doors elsewhere only when secrets are wanted.
std::string TextOf(const Settings& settings, bool with_secrets) {
  std::string text;
  for (const auto& key : kServeKeys) {
    const bool is_secret = key.name == "metrics.token" || key.name == "database.location";
    if (is_secret && !with_secrets) continue;
    text += std::string(key.name) + " = " + json::serialize(json::string(settings.Text(key.name))) +
            "\n";
  }
  return text;
}

std::string TextIn(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (value == nullptr) return {};
  if (!value->is_string()) {
    throw Problem(ProblemKind::kBadRequest, "\"" + std::string(key) + "\" must be a text.");
  }
  return std::string(value->get_string());
}

}  // namespace

std::vector<std::string_view> BackupCommandNames() { return {kNow, kStatus, kProve}; }

struct BackupDesk::Impl {
  Impl(const BackupParts& given, const Settings& settings)
      : parts(given),
        to(settings.Text("backup.to")),
        location(settings.Text("database.location")),
        key_file(settings.Text("backup.key").empty() ? given.paths.root / "backup.key"
                                                     : fs::path(settings.Text("backup.key"))),
        base_days(settings.Int("backup.base_days")),
        keep_days(settings.Int("backup.keep_days")),
        spool_bytes(settings.Int("backup.spool_bytes")),
        with_secrets(settings.Bool("backup.with_secrets")),
        key_kept_at(settings.Text("backup.key_kept_at")),
        pacer(std::make_shared<Pacer>(settings.Int("backup.bytes_per_second"))),
        settings_text(TextOf(settings, with_secrets)),
        drill_hours(settings.Int("backup.drill_hours")),
        proven_at(given.metrics.GaugeOf("outpost.backup.proven_at_seconds")),
        drill_damages(given.metrics.GaugeOf("outpost.backup.drill_damages")) {
    if (base_days < 1 || keep_days < 1) {
      throw Problem(ProblemKind::kBadRequest,
                    "The settings \"backup.base_days\" and \"backup.keep_days\" are at least 1.");
    }
    const auto rate = pacer->bytes_per_second();
    if (rate < 0 || (rate > 0 && rate < kPacedBytesPerSecondMin)) {
      throw Problem(ProblemKind::kBadRequest,
                    "The setting \"backup.bytes_per_second\" is 0 or at "
                    "least " +
                        std::to_string(kPacedBytesPerSecondMin) + ".");
    }
    if (!to.empty()) ShowDrills();
    if (parts.database.engine() == sql::Engine::kPostgresql) {
      pg_backup::BeginGeneration(parts.paths, parts.writer, parts.clock);
    }
    RefuseWhenTakenOver();
    TryToShip();
  }

  /// Phones that speak to two servers lose forms.
  void RefuseWhenTakenOver() {
    std::optional<backup::Takeover> takeover;
    try {
      if (!to.empty() && fs::exists(key_file)) {
        takeover = backup::FindTakeoverOf(parts.paths, to, backup::LoadBackupKey(key_file));
      }
    } catch (const Problem& problem) {
      Log(LogLevel::kWarning, "backup.takeover_unknown", {{"error", problem.told()}});
    }
    if (!takeover) return;
    throw Problem(
        ProblemKind::kConflict,
        "A standby took over on " + FormatT6(takeover->at) + " from position " +
            std::to_string(takeover->seq) + " of this server's data. Forms that came here behind " +
            "that position are only here: outpost form list shows them. If this server shall go on "
            "instead, switch the other one off and remove " +
            backup::TakeoverName(takeover->log) + " from " + to + ".");
  }

  void LookForTakeover() {
    auto* shipping = Shipping();
    if (shipping == nullptr) return;
    const auto takeover = shipping->FindTakeover();
    if (!takeover) return;
    Log(LogLevel::kError, "backup.taken_over",
        {{"seq", takeover->seq}, {"at", FormatT6(takeover->at)}});
    const std::lock_guard lock(mutex);
    trouble = "A standby took over on " + FormatT6(takeover->at) + " from position " +
              std::to_string(takeover->seq) +
              ". Stop this server: phones that speak to both lose "
              "forms.";
  }

  std::unique_ptr<ShipLine> NewShipper(const std::string& where, const fs::path& key,
                                       bool makes_bases) {
    bool is_new = false;
    backup::LoadOrMakeBackupKey(key, &is_new);
    if (is_new) Log(LogLevel::kWarning, "backup.key_made", {{"file", key.string()}});
    if (parts.database.engine() == sql::Engine::kPostgresql) {
      pg_backup::ShipperOptions options;
      options.location = location;
      options.is_passing = !makes_bases;
      Fill(options, where, key, makes_bases);
      return ShipPostgresql(std::move(options), parts.tap, parts.clock, parts.metrics);
    }
    backup::ShipperOptions options;
    Fill(options, where, key, makes_bases);
    options.pacer = pacer;
    return ShipSqlite(std::move(options), parts.tap, parts.database, parts.clock, parts.metrics);
  }

  /// What both engines' shippers want to know.
  template <class Options>
  void Fill(Options& options, const std::string& where, const fs::path& key, bool makes_bases) {
    options.where = where;
    options.key_file = key;
    options.paths = parts.paths;
    options.identity = backup::IdentityOf(parts.database, parts.writer);
    options.spool_bytes_max = spool_bytes;
    options.settings_text = settings_text;
    options.with_secrets = with_secrets;
    options.makes_bases = makes_bases;
  }

  void TryToShip() {
    const std::lock_guard lock(mutex);
    if (to.empty() || shipper != nullptr || is_stopped) return;
    try {
      shipper = NewShipper(to, key_file, true);
      trouble.clear();
    } catch (const Problem& problem) {
      trouble = problem.told();
      Log(LogLevel::kError, "backup.cannot_start", {{"error", problem.told()}});
    }
  }

  ShipLine* Shipping() {
    const std::lock_guard lock(mutex);
    return shipper.get();
  }

  // --- one base, asked for ---

  std::string StartNow(const json::object& arguments) {
    auto where = TextIn(arguments, "to");
    const auto key = TextIn(arguments, "key");
    if (where.empty()) where = to;
    if (where.empty()) {
      throw Problem(ProblemKind::kBadRequest,
                    "Say where to with --to, or set [backup] to and start the server with it.");
    }
    const std::lock_guard lock(mutex);
    if (job_state == "running") {
      throw Problem(ProblemKind::kConflict, "A backup is being made already.");
    }
    if (job.joinable()) job.join();
    job_state = "running";
    job_error.clear();
    job_result = {};
    const bool is_shipped =
        shipper != nullptr && backup::NormalPlace(where) == backup::NormalPlace(to);
    job = std::thread([this, where, key_path = key.empty() ? key_file : fs::path(key), is_shipped] {
      RunJob(where, key_path, is_shipped);
    });
    return "{}";
  }

  void RunJob(const std::string& where, const fs::path& key, bool is_shipped) {
    try {
      json::object result = is_shipped ? Shipping()->MakeBase().shown : ShipOnce(where, key);
      const std::lock_guard lock(mutex);
      job_result = std::move(result);
      job_state = "done";
    } catch (const std::exception& error) {
      const std::lock_guard lock(mutex);
      job_error = error.what();
      job_state = "failed";
    }
  }

  /// A series of its own that ends with its base.
  json::object ShipOnce(const std::string& where, const fs::path& key) {
    auto once = NewShipper(where, key, false);
    {
      const std::lock_guard lock(mutex);
      passing = once.get();
    }
    json::object result;
    try {
      result = once->MakeBase().shown;
    } catch (...) {
      EndPassing(std::move(once), where);
      throw;
    }
    EndPassing(std::move(once), where);
    return result;
  }

  void EndPassing(std::unique_ptr<ShipLine> once, const std::string& where) {
    {
      const std::lock_guard lock(mutex);
      passing = nullptr;
    }
    once.reset();
    std::error_code ignored;
    fs::remove_all(backup::SpoolOf(parts.paths, where), ignored);
  }

  std::string Status() {
    const std::lock_guard lock(mutex);
    json::object status{{"to", to}, {"key_file", key_file.string()}, {"trouble", trouble}};
    status["warning"] = backup::KeyCareWarning(to, key_file, key_kept_at);
    if (shipper != nullptr) status["shipping"] = shipper->Shown();
    json::object shown{{"state", job_state}, {"error", job_error}, {"result", job_result}};
    const auto* busy = passing != nullptr ? passing : shipper.get();
    if (job_state == "running" && busy != nullptr) {
      const auto now = busy->Status();
      shown["done"] = now.base_done_bytes;
      shown["all"] = now.base_total_bytes;
    }
    status["job"] = std::move(shown);
    return json::serialize(status);
  }

  std::int64_t MakeDueBase() {
    auto* shipping = Shipping();
    if (shipping == nullptr || !shipping->Status().has_base) return 0;  // it makes the first itself
    const auto now = parts.clock.Now();
    if (last_base && now - *last_base < base_days * kMicrosPerDay) return 0;
    if (!last_base) {
      // The server was started: how old is the newest one?
      const auto key = backup::LoadBackupKey(key_file);
      const auto destination = backup::OpenDestination(to, backup::Opening::kRead);
      const bool is_sqlite = parts.database.engine() == sql::Engine::kSqlite;
      for (const auto& object : destination->List(is_sqlite ? "base" : "pg-base")) {
        if (!backup::ParseBaseName(object.name) && !pg_backup::ParseBaseName(object.name)) continue;
        const auto at = backup::CheckParcel(key, destination->Get(object.name)).head.last_at;
        if (!last_base || at > *last_base) last_base = at;
      }
      if (last_base && now - *last_base < base_days * kMicrosPerDay) return 0;
    }
    last_base = shipping->MakeBase().at;
    return 0;
  }

  /// What a drill has proven to be superfluous goes.
  std::int64_t Retire() {
    if (Shipping() == nullptr) return 0;
    const auto key = backup::LoadBackupKey(key_file);
    if (!key.can_open()) return 0;
    const auto destination = backup::OpenDestination(to, backup::Opening::kWrite);
    const auto retired = backup::RetireOld(*destination, key, keep_days, parts.clock.Now(),
                                           backup::LoadDrills(parts.paths.root));
    return retired.bases + retired.segments + retired.proofs;
  }

  /// What a drill compares with.
  std::string Prove() {
    auto* shipping = Shipping();
    if (shipping == nullptr) {
      throw Problem(ProblemKind::kConflict,
                    "Nothing is shipped: [backup] to is not set, or it does "
                    "not work.");
    }
    sync::Restorer restorer(parts.database, parts.writer, parts.clock, parts.paths.spool());
    const auto proof = backup::MakeProof(parts.database, parts.writer, parts.blobs, restorer);
    shipping->PutProof(proof);
    const bool has_arrived = shipping->Flush(kProofSeconds);
    return json::serialize(json::object{{"seq", proof.seq},
                                        {"forms", std::ssize(proof.forms)},
                                        {"users", std::ssize(proof.users)},
                                        {"has_arrived", has_arrived}});
  }

  /// The drill is a process of its own at a low priority, and asks this server for its proof.
  void HoldDueDrill() {
    if (drill_hours == 0 || Shipping() == nullptr || !Shipping()->Status().has_base) return;
    const auto last = backup::LoadDrills(parts.paths.root).last;
    const auto wait = drill_hours * kHourSeconds * kMicrosPerSecond;
    if (last && parts.clock.Now() - last->at < wait) return;
    const std::lock_guard lock(mutex);
    if (is_drilling || is_stopped) return;
    if (drill.joinable()) drill.join();
    is_drilling = true;
    drill = std::thread([this] {
      RunDrill();
      const std::lock_guard done(mutex);
      is_drilling = false;
    });
  }

  void RunDrill() {
    try {
      backup::RunOwnProgram({"outpost", "backup", "drill", "--from", to, "--key", key_file.string(),
                             "--data", parts.paths.root.string(), "--json", "--low-priority",
                             "--bytes-per-second", std::to_string(pacer->bytes_per_second())},
                            [this](std::string_view) {
                              const std::lock_guard lock(mutex);
                              return !is_stopped;
                            });
    } catch (const std::exception& error) {
      Log(LogLevel::kError, "backup.drill_failed", {{"error", error.what()}});
    }
    ShowDrills();
  }

  void ShowDrills() {
    const auto drills = backup::LoadDrills(parts.paths.root);
    if (drills.last_good) proven_at.Set(static_cast<double>(drills.last_good->at.micros) / 1e6);
    if (!drills.last) return;
    drill_damages.Set(static_cast<double>(drills.last->damages.size()));
    if (drills.last->damages.empty()) return;
    Log(LogLevel::kError, "backup.drill_found_damage",
        {{"damages", std::ssize(drills.last->damages)}, {"first", drills.last->damages.front()}});
  }

  void BeginStop() {
    const std::lock_guard lock(mutex);
    is_stopped = true;
    if (passing != nullptr) passing->Cancel();
    if (shipper != nullptr) shipper->Cancel();
  }

  void Stop() {
    BeginStop();
    if (job.joinable()) job.join();
    if (drill.joinable()) drill.join();
    if (shipper != nullptr) shipper->Stop(kStopSeconds);
  }

  const BackupParts parts;
  const std::string to, location;
  const fs::path key_file;
  const std::int64_t base_days, keep_days, spool_bytes;
  const bool with_secrets;
  const std::string key_kept_at;
  const std::shared_ptr<Pacer> pacer;
  const std::string settings_text;
  const std::int64_t drill_hours;
  Gauge& proven_at;
  Gauge& drill_damages;
  std::optional<Instant> last_base;  // of the chores' thread

  std::mutex mutex;  // guards the next ones
  std::unique_ptr<ShipLine> shipper;
  ShipLine* passing = nullptr;  // of the job
  std::string trouble;
  bool is_stopped = false;
  std::string job_state = "none", job_error;
  json::object job_result;
  std::thread job, drill;
  bool is_drilling = false;
};

BackupDesk::BackupDesk(const BackupParts& parts, const Settings& settings)
    : impl_(std::make_unique<Impl>(parts, settings)) {}

BackupDesk::~BackupDesk() { Stop(); }

std::string BackupDesk::Run(std::string_view command, std::string_view text) {
  if (command == kStatus) return impl_->Status();
  if (command == kProve) return impl_->Prove();
  boost::system::error_code error;
  const auto arguments = json::parse(text, error);
  if (error || !arguments.is_object()) {
    throw Problem(ProblemKind::kBadRequest, "The body must be a JSON object.");
  }
  return impl_->StartNow(arguments.get_object());
}

std::vector<tasks::Chore> BackupDesk::Chores() {
  if (impl_->to.empty()) return {};
  return {{"backup start", kMinuteSeconds,
           [this](const auto&) {
             impl_->TryToShip();
             impl_->LookForTakeover();
             return std::int64_t{0};
           }},
          {"backup base", kHourSeconds, [this](const auto&) { return impl_->MakeDueBase(); }},
          {"backup retention", 24 * kHourSeconds, [this](const auto&) { return impl_->Retire(); }},
          {"backup drill", 10 * kMinuteSeconds, [this](const auto&) {
             impl_->HoldDueDrill();
             return std::int64_t{0};
           }}};
}

void BackupDesk::BeginStop() { impl_->BeginStop(); }
void BackupDesk::Stop() { impl_->Stop(); }

}  // namespace outpost::cli
