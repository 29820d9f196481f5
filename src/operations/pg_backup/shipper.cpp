#include "operations/pg_backup/shipper.h"

#include <algorithm>
#include <atomic>
#include <boost/json.hpp>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "base/log.h"
#include "base/problem.h"
#include "base/text.h"
#include "crypto/digests.h"
#include "operations/backup/destination.h"
#include "operations/backup/files.h"
#include "operations/backup/own_program.h"
#include "operations/pg_backup/base.h"
#include "operations/pg_backup/detail/receiver.h"
#include "operations/pg_backup/detail/wal_sender.h"
#include "operations/pg_backup/manifest.h"
#include "operations/pg_backup/server.h"

namespace outpost::pg_backup {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// Between two looks: what was committed is away within a second.
constexpr milliseconds kPause{500};
constexpr milliseconds kPauseMax{30'000};
constexpr seconds kSlotMax{60};
constexpr seconds kBaseLogMax{3'600};
constexpr seconds kBaseAgainAfter{60};
constexpr int kDropAttempts = 20;
constexpr std::size_t kSlotDigits = 12;

/// One for each database and destination.
std::string SlotOf(const ShipperOptions& options) {
  const auto what = HexOf(options.identity.database) + backup::NormalPlace(options.where);
  return "outpost_" + crypto::Sha256Hex(what).substr(0, kSlotDigits);
}

/// LookAt, and the programs that will be needed.
ServerFacts FactsOf(const std::string& location) {
  Session session(location);
  auto facts = LookAt(session);
  FindProgram("pg_basebackup", facts.major());
  FindProgram("pg_receivewal", facts.major());
  return facts;
}

}  // namespace

fs::path WalSpoolOf(const DataPaths& paths, const std::string& where) {
  return backup::SpoolOf(paths, where) / "wal";
}

struct Shipper::Impl {
  Impl(ShipperOptions given, backup::LogTap& log_tap, const Clock& the_clock,
       MetricRegistry& registry)
      : options(std::move(given)),
        tap(log_tap),
        clock(the_clock),
        slot(SlotOf(options)),
        reach(ReachOf(options.location)),
        facts(FactsOf(options.location)),
        folder(WalSpoolOf(options.paths, options.where)),
        destination(backup::OpenDestination(
            options.where, fs::exists(folder) ? backup::Opening::kWrite : backup::Opening::kMake)),
        key(backup::LoadBackupKey(options.key_file)),
        lag_gauge(registry.GaugeOf("outpost.backup.slot_lag_bytes")),
        waiting_gauge(registry.GaugeOf("outpost.backup.waiting_bytes")),
        sent_gauge(registry.GaugeOf("outpost.backup.sent_seq")),
        sent_at_gauge(registry.GaugeOf("outpost.backup.sent_at_seconds")),
        failures(registry.CounterOf("outpost.backup.send_failures")),
        sender({destination, key, options.identity.database, facts, options.paths.blobs(), folder,
                [this] { return is_ending.load(); }}),
        receiver(std::in_place, options.location, slot, folder) {
    has_base = sender.state().has_base;
    tap.Attach(sender);
    shipping = std::thread([this] { Ship(); });
    if (options.makes_bases) basing = std::thread([this] { MakeMissingBases(); });
  }

  // --- shipping ---

  void Ship() {
    backup::LowerThreadPriority();
    auto pause = kPause;
    for (;;) {
      const bool was_last = is_ending;
      std::string why;
      try {
        LookAtServer();
      } catch (const std::exception& error) {
        session.reset();
        why = error.what();
      }
      try {
        sender.SendAll();
        pause = kPause;
      } catch (const std::exception& error) {
        failures.Add();
        Log(LogLevel::kError, "backup.send_failed", {{"error", error.what()}});
        why = error.what();
        pause = std::min(2 * pause, kPauseMax);
      }
      WatchSpool();
      std::unique_lock lock(mutex);
      Publish(why);
      if (was_last) return;
      changed.wait_for(lock, pause, [this] { return is_nudged || is_ending; });
      is_nudged = false;
    }
  }

  void LookAtServer() {
    if (!session) session.emplace(options.location);
    const auto rows = session->Ask(
        "SELECT p.seq, p.at, pg_current_wal_flush_lsn(), COALESCE(s.restart_lsn, '0/0'), "
        "COALESCE(pg_current_wal_lsn() - s.restart_lsn, 0)::bigint FROM position p LEFT JOIN "
        "pg_replication_slots s ON s.slot_name = $1 WHERE p.id = 1",
        {slot});
    if (rows.empty()) return;
    const auto number = [&](std::size_t column) { return ParseInt(rows[0][column]).value_or(0); };
    const auto received = LsnOf(rows[0][3]);
    sender.Note({LsnOf(rows[0][2]), number(0), {number(1)}}, received);
    const std::lock_guard lock(mutex);
    status.committed_seq = number(0);
    slot_lag = number(4);
  }

  /// More waiting than may be ends the receiving rather than filling the disk.
  void WatchSpool() {
    const auto waiting = sender.waiting_bytes();
    if (waiting > options.spool_bytes_max && !receiver->has_given_up()) {
      Log(LogLevel::kError, "backup.spool_full", {{"waiting_bytes", waiting}});
      receiver->GiveUp();
      sender.ForgetBase();
    } else if (waiting == 0 && receiver->has_given_up()) {
      receiver->BeginAgain();
    }
  }

  /// Under the mutex: what other threads read.
  void Publish(const std::string& why) {
    trouble = why;
    const auto& state = sender.state();
    shipped_lsn = sender.shipped_lsn();
    gaps = sender.gaps();
    has_base = state.has_base;
    has_all_blobs = sender.has_all_blobs();
    status.sent_seq = state.last_seq;
    status.sent_at = state.last_at;
    status.waiting_segments = sender.waiting_files();
    status.waiting_bytes = sender.waiting_bytes();
    status.sent_segments = sender.sent_parcels();
    status.sent_bytes = sender.sent_bytes();
    lag_gauge.Set(static_cast<double>(slot_lag));
    waiting_gauge.Set(static_cast<double>(status.waiting_bytes));
    sent_gauge.Set(static_cast<double>(status.sent_seq));
    sent_at_gauge.Set(static_cast<double>(status.sent_at.micros) / 1e6);
    if (std::exchange(is_base_new, false)) {
      sender.NoteBase();
      has_base = true;
    }
    changed.notify_all();
  }

  /// False when the time ended.
  bool AwaitShipped(std::int64_t lsn, milliseconds longest, bool ends_with_bases) {
    std::unique_lock lock(mutex);
    const auto deadline = std::chrono::steady_clock::now() + longest;
    while (std::chrono::steady_clock::now() < deadline) {
      if (shipped_lsn >= lsn && has_all_blobs) return true;
      if (ends_with_bases && are_bases_over) ThrowStopped();
      is_nudged = true;
      changed.notify_all();
      changed.wait_for(lock, kPause / 2);
    }
    return shipped_lsn >= lsn && has_all_blobs;
  }

  // --- bases ---

  [[noreturn]] static void ThrowStopped() {
    throw Problem(ProblemKind::kPaused, "The base was not finished: the server stops.");
  }

  void MakeMissingBases() {
    std::unique_lock lock(mutex);
    while (!are_bases_over) {
      if (has_base || receiver->has_given_up()) {
        changed.wait_for(lock, kBaseAgainAfter, [this] { return are_bases_over || !has_base; });
        if (has_base || receiver->has_given_up()) continue;
      }
      lock.unlock();
      try {
        if (!are_bases_over) MakeBase();
      } catch (const std::exception& error) {
        Log(LogLevel::kError, "backup.base_failed", {{"error", error.what()}});
      }
      lock.lock();
      if (!has_base)
        changed.wait_for(lock, kBaseAgainAfter, [this] { return are_bases_over.load(); });
    }
  }

  BaseMade MakeBase() {
    const std::lock_guard one_at_a_time(base_mutex);
    {
      const std::lock_guard lock(mutex);
      status.is_base_running = true;
      status.base_done_bytes = 0;
      status.base_total_bytes = facts.bytes;
    }
    std::optional<BaseMade> made;
    std::exception_ptr failure;
    try {
      made = FinishBase();
    } catch (...) {
      failure = std::current_exception();
    }
    {
      const std::lock_guard lock(mutex);
      status.is_base_running = false;
    }
    if (failure) std::rethrow_exception(failure);
    return *made;
  }

  /// PostgreSQL must hold its log for us before a base begins.
  void AwaitSlot(Session& own) {
    for (const auto deadline = std::chrono::steady_clock::now() + kSlotMax;
         std::chrono::steady_clock::now() < deadline;) {
      if (own.Value("SELECT active FROM pg_replication_slots WHERE slot_name = $1", {slot}) ==
          "t") {
        return;
      }
      std::unique_lock lock(mutex);
      if (are_bases_over) ThrowStopped();
      changed.wait_for(lock, kPause / 2, [this] { return are_bases_over.load(); });
    }
    const auto why = receiver->trouble();
    throw Problem(ProblemKind::kBusy,
                  why.empty() ? std::string("PostgreSQL's log is not received yet.") : why);
  }

  BaseMade FinishBase() {
    RemoveUnfinishedBases(*destination);
    Session own(options.location);
    AwaitSlot(own);
    const auto started = SteadyMicros();
    Manifest manifest;
    manifest.base = backup::NewSeries();
    manifest.system = facts.system;
    manifest.timeline = LookAt(own).timeline;
    manifest.segment_bytes = facts.segment_bytes;
    manifest.version = facts.version;
    manifest.database = facts.database;
    manifest.user = facts.user;
    manifest.generation = options.identity.generation;
    manifest.begun_at = clock.Now();
    manifest.start_lsn = LsnOf(own.Value("SELECT pg_current_wal_lsn()"));
    int gaps_before = 0;
    {
      const std::lock_guard lock(mutex);
      gaps_before = gaps;
    }
    const auto stream = StreamBase(reach, facts, *destination, key, options.identity.database,
                                   manifest.base, [this](std::int64_t bytes) {
                                     const std::lock_guard lock(mutex);
                                     status.base_done_bytes = bytes;
                                     status.base_total_bytes = std::max(facts.bytes, bytes);
                                     return !are_bases_over;
                                   });
    const auto copy_micros = SteadyMicros() - started;
    manifest.parts = stream.parts;
    manifest.bytes = stream.bytes;
    DescribeEnd(own, manifest);
    if (!AwaitShipped(manifest.end_lsn, kBaseLogMax, true)) {
      throw Problem(ProblemKind::kBusy,
                    "The base was copied, but the log did not arrive in time: " +
                        destination->where() + " does not keep up.");
    }
    {
      const std::lock_guard lock(mutex);
      if (gaps != gaps_before) {
        throw Problem(ProblemKind::kConflict, "Some of the log was lost while the base was made.");
      }
    }
    PutSettings(manifest);
    PutManifest(manifest, stream.last_check);
    {
      const std::lock_guard lock(mutex);
      is_base_new = true;
      is_nudged = true;
    }
    changed.notify_all();
    Log(LogLevel::kInfo, "backup.base_made",
        {{"base", HexOf(manifest.base)},
         {"seq", manifest.seq},
         {"bytes", manifest.bytes},
         {"micros", copy_micros}});
    return {manifest.base, manifest.seq, manifest.at, manifest.bytes, copy_micros};
  }

  void DescribeEnd(Session& own, Manifest& manifest) {
    const auto rows = own.Ask(
        "SELECT (SELECT seq FROM position WHERE id = 1), (SELECT MAX(number) FROM schema_steps), "
        "pg_current_wal_flush_lsn()");
    manifest.seq = ParseInt(rows.at(0).at(0)).value_or(0);
    manifest.schema_step = ParseInt(rows[0][1]).value_or(0);
    manifest.end_lsn = LsnOf(rows[0][2]);
    manifest.at = clock.Now();
    manifest.file_bytes = backup::SizeOfFiles(options.paths.blobs());
  }

  void PutSettings(const Manifest& manifest) {
    boost::json::object body{{"settings", options.settings_text}};
    if (options.with_secrets) {
      body["server_key"] = std::string(Trim(backup::ReadWhole(options.paths.server_key())));
    }
    backup::ParcelHead head;
    head.kind = backup::ParcelKind::kSettings;
    head.database = options.identity.database;
    head.series = manifest.base;
    destination->Put(backup::SettingsName(manifest.base),
                     backup::SealParcel(key, head, boost::json::serialize(body)).bytes);
  }

  void PutManifest(const Manifest& manifest, const backup::Check& last_part) {
    backup::ParcelHead head;
    head.kind = backup::ParcelKind::kPgBase;
    head.database = options.identity.database;
    head.series = manifest.base;
    head.number = manifest.parts;
    head.first_seq = head.last_seq = manifest.seq;
    head.first_at = head.last_at = manifest.at;
    head.previous = last_part;
    destination->Put(BaseName(manifest.base),
                     backup::SealParcel(key, head, JsonOf(manifest)).bytes);
  }

  // --- the rest ---

  bool Flush(std::int64_t longest) {
    try {
      Session own(options.location);
      const auto lsn = LsnOf(own.Value("SELECT pg_current_wal_flush_lsn()"));
      return AwaitShipped(lsn, seconds(longest), false);
    } catch (const Problem& problem) {
      Log(LogLevel::kError, "backup.flush_failed", {{"error", problem.told()}});
      return false;
    }
  }

  ShipStatus Status() const {
    ShipStatus shown;
    const auto receiving = receiver->trouble();
    const std::lock_guard lock(mutex);
    shown.common = status;
    shown.common.where = destination->where();
    shown.common.series = HexOf(facts.system);
    shown.common.has_base = has_base;
    shown.common.trouble = trouble.empty() ? receiving : trouble;
    shown.slot = slot;
    shown.slot_lag_bytes = slot_lag;
    return shown;
  }

  void Cancel() {
    {
      const std::lock_guard lock(mutex);
      are_bases_over = true;
    }
    changed.notify_all();
  }

  void Stop(std::int64_t longest) {
    if (!shipping.joinable()) return;
    Cancel();
    if (longest > 0) Flush(longest);
    tap.Detach(sender);
    if (basing.joinable()) basing.join();
    {
      const std::lock_guard lock(mutex);
      is_ending = true;
    }
    changed.notify_all();
    shipping.join();
    receiver->Stop();
    if (!options.is_passing) return;
    try {
      Session own(options.location);
      for (int i = 0; i < kDropAttempts && !detail::DropSlot(own, slot); ++i) {
        std::this_thread::sleep_for(kPause);
      }
    } catch (const Problem& problem) {
      Log(LogLevel::kError, "backup.slot_left", {{"slot", slot}, {"error", problem.told()}});
    }
  }

  const ShipperOptions options;
  backup::LogTap& tap;
  const Clock& clock;
  const std::string slot;
  const Reach reach;
  const ServerFacts facts;
  const fs::path folder;
  const std::shared_ptr<backup::Destination> destination;
  const backup::BackupKey key;
  Gauge& lag_gauge;
  Gauge& waiting_gauge;
  Gauge& sent_gauge;
  Gauge& sent_at_gauge;
  Counter& failures;

  std::atomic<bool> is_ending = false, are_bases_over = false;
  std::optional<Session> session;  // of the shipping thread, as the next one
  detail::WalSender sender;
  std::optional<detail::Receiver> receiver;
  std::mutex base_mutex;

  mutable std::mutex mutex;  // guards the next ones
  std::condition_variable changed;
  backup::ShipStatus status;
  std::string trouble;
  std::int64_t shipped_lsn = 0, slot_lag = 0;
  int gaps = 0;
  bool has_base = false, has_all_blobs = false, is_nudged = false, is_base_new = false;

  std::thread shipping, basing;
};

Shipper::Shipper(ShipperOptions options, backup::LogTap& tap, const Clock& clock,
                 MetricRegistry& metrics)
    : impl_(std::make_unique<Impl>(std::move(options), tap, clock, metrics)) {}

Shipper::~Shipper() { Stop(0); }

void Shipper::PutProof(const backup::Proof& proof) {
  backup::ParcelHead head;
  head.kind = backup::ParcelKind::kProof;
  head.database = impl_->options.identity.database;
  head.first_seq = head.last_seq = proof.seq;
  head.first_at = head.last_at = proof.at;
  impl_->destination->Put(backup::ProofName(proof.at, proof.seq),
                          backup::SealParcel(impl_->key, head, JsonOf(proof)).bytes);
}

BaseMade Shipper::MakeBase() { return impl_->MakeBase(); }
bool Shipper::Flush(std::int64_t seconds) { return impl_->Flush(seconds); }
ShipStatus Shipper::Status() const { return impl_->Status(); }
void Shipper::Cancel() { impl_->Cancel(); }
void Shipper::Stop(std::int64_t seconds) { impl_->Stop(seconds); }

}  // namespace outpost::pg_backup
