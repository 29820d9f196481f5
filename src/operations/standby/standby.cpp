#include "operations/standby/standby.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "base/log.h"
#include "base/problem.h"
#include "operations/backup/catalogue.h"
#include "operations/backup/files.h"
#include "operations/backup/layout.h"
#include "operations/backup/replay.h"
#include "operations/backup/restore.h"
#include "operations/backup/takeover.h"
#include "operations/standby/place.h"

namespace outpost::standby {
namespace {

namespace fs = std::filesystem;
using backup::Replay;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// How often what was applied is forced to the disk, so that a standby that was killed applies only
/// the last seconds again.
constexpr std::int64_t kKeepMicros = 5'000'000;
/// While nothing comes, whether the destination is there at all is asked so often.
constexpr std::int64_t kSeenMicros = 2'000'000;
/// Blobs are listed so seldom, and never for more than a small share of the time.
constexpr std::int64_t kFilesMicros = 10'000'000;
constexpr std::int64_t kFilesShare = 20;
constexpr milliseconds kTroublePauseMax{30'000};

std::int64_t Micros(milliseconds time) { return std::chrono::microseconds(time).count(); }

std::unique_ptr<backup::Destination> Open(const std::string& where) {
  return backup::OpenDestination(where, backup::Opening::kWrite);
}

}  // namespace

struct Standby::Impl {
  Impl(StandbyOptions given, const Clock& the_clock, MetricRegistry& metrics)
      : options(std::move(given)),
        clock(the_clock),
        file(options.paths.root / "standby.db"),
        place_file(options.paths.root / "standby.json"),
        key(backup::LoadBackupKey(options.key_file)),
        destination(Open(options.where)),
        seq_gauge(metrics.GaugeOf("outpost.standby.seq")),
        at_gauge(metrics.GaugeOf("outpost.standby.at_seconds")),
        lag_gauge(metrics.GaugeOf("outpost.standby.lag_seconds")) {
    if (!key.can_open()) {
      throw Problem(ProblemKind::kForbidden,
                    "The key at hand can only write backups. A standby needs the one with the line "
                    "\"open\".");
    }
    if (fs::exists(options.paths.database())) {
      throw Problem(ProblemKind::kConflict,
                    options.paths.root.string() +
                        " is a server's data folder. Give the standby a new folder.");
    }
    status.where = destination->where();
    GoOn();
    thread = std::thread([this] { Loop(); });
  }

  void GoOn() {
    const auto kept = LoadPlace(place_file);
    if (!kept || !fs::exists(file)) return;
    replay.emplace(*destination, key, kept->place, file);
    is_exact = kept->is_exact;
    SavePlace(place_file, {kept->place, false});
    Publish();
  }

  // --- following ---

  void Loop() {
    auto pause = options.pause;
    while (Wait(pause)) {
      try {
        Round();
        pause = options.pause;
        const std::lock_guard lock(mutex);
        status.trouble.clear();
      } catch (const std::exception& error) {
        Log(LogLevel::kError, "standby.cannot_follow", {{"error", error.what()}});
        pause = std::min(std::max(2 * pause, milliseconds(1'000)), kTroublePauseMax);
        const std::lock_guard lock(mutex);
        status.trouble = error.what();
      }
    }
  }

  /// False when it is time to stop.
  bool Wait(milliseconds pause) {
    std::unique_lock lock(mutex);
    changed.wait_for(lock, pause, [this] { return is_stopping; });
    return !is_stopping;
  }

  void Round() {
    if (!replay) LayBase();
    const auto now = SteadyMicros();
    if (Follow()) {
      moved = now;
    } else if (now - std::max(moved, looked_for_another) > Micros(options.quiet)) {
      looked_for_another = now;
      if (IsLeftBehind()) LayBase();
    }
    if (now - kept_at > kKeepMicros) Keep();
    if (now - files_at > std::max(kFilesMicros, kFilesShare * files_took)) FetchFiles();
  }

  /// All segments that are there. Whether there were any. @throws Problem when nobody can tell
  bool Follow() {
    bool has_moved = false;
    for (bool is_more = true; is_more;) {
      is_more = false;
      for (const auto& entry : Segments()) {
        if (entry.name.number != replay->place().next_segment) continue;
        is_exact = false;
        try {
          replay->Apply(entry);
        } catch (...) {
          // The file may hold a part of it: from the place before, all over again.
          replay.reset();
          GoOn();
          throw;
        }
        NoteArrival(entry.name);
        has_moved = is_more = true;
      }
    }
    is_exact = true;
    if (!has_moved) RequireDestination();
    const std::lock_guard lock(mutex);
    status.looked = clock.Now().micros;
    return has_moved;
  }

  /// An empty folder may be one on which nothing is mounted just now.
  void RequireDestination() {
    if (SteadyMicros() - seen_at < kSeenMicros) return;
    Open(options.where);
    seen_at = SteadyMicros();
  }

  /// Of the folder in which the next one lies.
  std::vector<backup::SegmentEntry> Segments() const {
    const auto& place = replay->place();
    std::vector<backup::SegmentEntry> found;
    for (const auto& object :
         destination->List(backup::LogFolderOf(place.log, place.next_segment))) {
      const auto name = backup::ParseLogName(object.name);
      if (name && name->number >= place.next_segment) {
        found.push_back({*name, object.name, object.bytes});
      }
    }
    std::sort(found.begin(), found.end(),
              [](const auto& a, const auto& b) { return a.name.number < b.name.number; });
    return found;
  }

  void NoteArrival(const backup::LogName& name) {
    const auto lag = clock.Now() - name.last_at;
    lag_gauge.Set(static_cast<double>(lag) / 1e6);
    const std::lock_guard lock(mutex);
    ++status.segments;
    status.lag_micros = lag;
    if (has_caught_up) status.longest_lag_micros = std::max(status.longest_lag_micros, lag);
    has_caught_up = has_caught_up || lag < kKeepMicros;
    PublishLocked();
  }

  void Publish() {
    const std::lock_guard lock(mutex);
    PublishLocked();
  }
  void PublishLocked() {
    const auto& place = replay->place();
    status.is_whole = place.is_whole();
    status.seq = place.seq;
    status.at = place.at.micros;
    seq_gauge.Set(static_cast<double>(place.seq));
    at_gauge.Set(static_cast<double>(place.at.micros) / 1e6);
  }

  void Keep() {
    kept_at = SteadyMicros();
    SavePlace(place_file, {replay->Keep(), false});
  }

  // --- bases ---

  /// Another series is the server's now, or a segment is gone: what is here cannot go on.
  bool IsLeftBehind() const {
    const auto catalogue = backup::ReadCatalogue(*destination, key);
    const auto& place = replay->place();
    const auto log = catalogue.segments.find(place.log);
    const bool has_gap = log != catalogue.segments.end() && !log->second.empty() &&
                         log->second.back().name.number >= place.next_segment;
    if (catalogue.bases.empty() || !catalogue.bases.back().manifest) return false;
    const auto& newest = *catalogue.bases.back().manifest;
    return newest.base != place.base && (has_gap || newest.log != place.log);
  }

  /// The newest base beside what is here, then in its place.
  void LayBase() {
    const auto plan = backup::PlanRestore(backup::ReadCatalogue(*destination, key), {});
    backup::RequireRoom(options.paths.root, plan.needed_bytes);
    const auto beside = file.string() + ".new";
    std::error_code ignored;
    fs::remove(beside, ignored);
    Log(LogLevel::kInfo, "standby.lays_base",
        {{"base", backup::HexOf(plan.base.base)}, {"pages", plan.base.pages}});
    Replay fresh(*destination, key, plan.base, beside, [this](std::int64_t done, std::int64_t all) {
      const std::lock_guard lock(mutex);
      status.base_done = done;
      status.base_all = all;
      if (is_stopping) throw Problem(ProblemKind::kPaused, "The standby stops.");
    });
    for (const auto& entry : plan.segments) {
      if (!Wait(milliseconds(0))) throw Problem(ProblemKind::kPaused, "The standby stops.");
      fresh.Apply(entry);
    }
    const auto place = fresh.Keep();
    fs::remove(place_file, ignored);
    fs::rename(beside, file);
    SavePlace(place_file, {place, false});
    replay.reset();
    replay.emplace(std::move(fresh));
    Publish();
  }

  // --- blobs ---

  void FetchFiles() {
    files_at = SteadyMicros();
    for (const auto& object : destination->List("file")) {
      const std::string id(backup::BlobIdOf(object.name));
      if (id.empty()) continue;
      if (!Wait(milliseconds(0))) return;
      backup::RestoreFile(*destination, key, id, options.paths.blobs());
    }
    files_took = SteadyMicros() - files_at;
  }

  // --- promotion ---

  Promoted Promote() {
    Stop();
    const auto started = SteadyMicros();
    Promoted promoted;
    if (!replay) ThrowNotWhole();
    TakeTheRest(promoted);
    const auto place = replay->place();
    if (!place.is_whole()) ThrowNotWhole();
    NoteTakeover(place, promoted);
    replay->Finish();
    replay.reset();
    backup::RestoredBackup restored;
    restored.seq = place.seq;
    restored.at = place.at;
    backup::RestoreOptions settle;
    settle.into = options.paths;
    backup::SettleDatabase(*destination, key, settle, place.generation, file, clock, restored);
    std::error_code ignored;
    fs::remove(place_file, ignored);
    promoted.seq = place.seq;
    promoted.at = place.at.micros;
    promoted.files = restored.files;
    promoted.missing_files = restored.missing_files;
    promoted.micros = SteadyMicros() - started;
    Log(LogLevel::kWarning, "standby.promoted",
        {{"seq", promoted.seq}, {"micros", promoted.micros}, {"warning", promoted.warning}});
    return promoted;
  }

  [[noreturn]] static void ThrowNotWhole() {
    throw Problem(ProblemKind::kConflict,
                  "The standby has no whole database yet; \"outpost replica status\" shows how far "
                  "it is. Start it again, or restore a backup.");
  }

  /// The other server is often dead by now, and the destination with it.
  void TakeTheRest(Promoted& promoted) {
    seen_at = 0;
    try {
      Follow();
    } catch (const std::exception& error) {
      if (!replay || !is_exact) throw;
      promoted.warning = "The backup could not be read to its end (" + std::string(error.what()) +
                         "). Newer commits may lie there.";
    }
  }

  void NoteTakeover(const backup::ReplayPlace& place, Promoted& promoted) {
    try {
      backup::NoteTakeover(*destination, key, {place.database, place.log, place.seq, clock.Now()});
    } catch (const std::exception& error) {
      promoted.warning += std::string(promoted.warning.empty() ? "" : " ") +
                          "The other server could not be told (" + error.what() +
                          "): see that it stays off.";
    }
  }

  void Stop() {
    {
      const std::lock_guard lock(mutex);
      is_stopping = true;
    }
    changed.notify_all();
    if (!thread.joinable()) return;
    thread.join();
    if (!replay) return;
    const auto kept = replay->Keep();
    SavePlace(place_file, {kept, is_exact && kept.next_segment == replay->place().next_segment});
  }

  const StandbyOptions options;
  const Clock& clock;
  const fs::path file, place_file;
  const backup::BackupKey key;
  const std::unique_ptr<backup::Destination> destination;
  Gauge& seq_gauge;
  Gauge& at_gauge;
  Gauge& lag_gauge;

  // Of the thread, and of Promote after it.
  std::optional<Replay> replay;
  bool is_exact = false;  // the file is as far as the replay says
  std::int64_t moved = SteadyMicros(), looked_for_another = 0, kept_at = SteadyMicros();
  std::int64_t files_at = 0, files_took = 0, seen_at = 0;
  bool has_caught_up = false;

  mutable std::mutex mutex;  // guards the next ones
  std::condition_variable changed;
  StandbyStatus status;
  bool is_stopping = false;
  std::thread thread;
};

Standby::Standby(StandbyOptions options, const Clock& clock, MetricRegistry& metrics)
    : impl_(std::make_unique<Impl>(std::move(options), clock, metrics)) {}

Standby::~Standby() { Stop(); }

StandbyStatus Standby::Status() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->status;
}

Promoted Standby::Promote() { return impl_->Promote(); }

void Standby::Stop() { impl_->Stop(); }

}  // namespace outpost::standby
