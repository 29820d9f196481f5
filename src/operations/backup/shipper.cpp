#include "operations/backup/shipper.h"

#include <atomic>
#include <boost/json.hpp>
#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/problem.h"
#include "base/text.h"
#include "crypto/digests.h"
#include "operations/backup/destination.h"
#include "operations/backup/detail/hand_over.h"
#include "operations/backup/detail/packer.h"
#include "operations/backup/detail/sender.h"
#include "operations/backup/detail/series.h"
#include "operations/backup/files.h"
#include "operations/backup/layout.h"
#include "operations/backup/log_segment.h"
#include "operations/backup/manifest.h"
#include "operations/backup/own_program.h"
#include "operations/backup/place.h"
#include "operations/backup/retention.h"

namespace outpost::backup {
namespace {

namespace fs = std::filesystem;
using detail::HandOver;
using detail::Packer;
using detail::Sender;
using detail::Series;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// Commits are gathered for so long: with packing and sending they are away within a second.
constexpr milliseconds kPatience{300};
constexpr milliseconds kLookAtLeast{1'000};
/// Looks without progress after which frames count as lost, about as many seconds.
constexpr int kFruitlessLooksMax = 30;
/// A base counts when its last segment is there; a destination that is away may come back.
constexpr seconds kBaseSegmentsMax{3'600};

/// Half of the limit on bytes a second is another process's while this lives.
class LentPace {
 public:
  explicit LentPace(Pacer* pacer) : pacer_(pacer) {
    if (pacer_ != nullptr) pacer_->Lend();
  }
  ~LentPace() {
    if (pacer_ != nullptr) pacer_->TakeBack();
  }
  LentPace(const LentPace&) = delete;
  LentPace& operator=(const LentPace&) = delete;

  std::int64_t bytes_per_second() const {
    return pacer_ == nullptr ? 0 : pacer_->bytes_per_second() / 2;
  }

 private:
  Pacer* pacer_;
};

}  // namespace

fs::path SpoolOf(const DataPaths& paths, const std::string& where) {
  constexpr std::size_t kNameDigits = 12;
  return paths.root / "shipped" /
         crypto::Sha256Hex(IdentityOf(ParsePlace(where))).substr(0, kNameDigits);
}

void NoteOtherWriter(const DataPaths& paths) {
  std::error_code error;
  for (const auto& spool : fs::directory_iterator(paths.root / "shipped", error)) {
    if (spool.is_directory()) WriteQuickly(spool.path() / detail::kOtherWriter, "");
  }
}

std::optional<Takeover> FindTakeoverOf(const DataPaths& paths, const std::string& where,
                                       const BackupKey& key, milliseconds patience) {
  const auto state = detail::LoadState(SpoolOf(paths, where));
  if (!state) return std::nullopt;
  const auto destination = OpenDestination(where, Opening::kWrite);
  auto found = std::async(std::launch::async,
                          [&] { return FindTakeover(*destination, key, state->series); });
  if (found.wait_for(patience) == std::future_status::timeout) destination->Interrupt();
  return found.get();
}

struct Shipper::Impl {
  Impl(ShipperOptions given, LogTap& log_tap, sql::Database& db, const Clock& the_clock,
       MetricRegistry& registry)
      : options(std::move(given)),
        tap(log_tap),
        database(db),
        clock(the_clock),
        spool(SpoolOf(options.paths, options.where)),
        destination(OpenDestination(options.where,
                                    fs::exists(spool / "state") ? Opening::kWrite : Opening::kMake,
                                    options.pacer)),
        key(LoadBackupKey(options.key_file)),
        log_path(options.paths.database().string() + "-wal"),
        hook_gauge(registry.GaugeOf("outpost.backup.longest_hook_seconds")),
        packer(log_path) {
    Begin();
    sender.emplace(destination, key, options.identity.database, options.paths.blobs(), registry);
    sender->Push(std::exchange(series->waiting(), {}));
    tap.Attach(*hand_over);
    packing = std::thread([this] { Pack(); });
    if (options.makes_bases) basing = std::thread([this] { MakeMissingBases(); });
  }

  /// The series of the process before, or a new one.
  void Begin() {
    series.emplace(spool, key, options.identity.database, options.paths.database(), *destination);
    auto made = std::make_shared<HandOver>(log_path, spool, options.spool_bytes_max);
    if (series->state().place) made->GoOnBehind(*series->state().place);
    packer.GoOnBehind(series->state().place);
    const std::lock_guard lock(mutex);
    hand_over = std::move(made);
    Publish();
  }

  // --- packing ---

  void Pack() {
    LowerThreadPriority();
    for (;;) {
      const auto from = Listener();
      from->WaitForWork(kPatience, kLookAtLeast);
      std::int64_t asked = 0;
      {
        const std::lock_guard lock(mutex);
        asked = rounds_asked;
        if (is_stopping && rounds_done >= rounds_asked) return;
      }
      try {
        PackAll(*from);
        hook_gauge.Set(static_cast<double>(from->longest_hook_micros()) / 1e6);
        const std::lock_guard lock(mutex);
        rounds_done = asked;
        trouble.clear();
      } catch (const detail::FramesMissing& missing) {
        BeginAnew(missing.what());
      } catch (const std::exception& error) {
        // Such as a full disk: from where it was, a little later.
        Log(LogLevel::kError, "backup.pack_failed", {{"error", error.what()}});
        packer.GoOnBehind(series->state().place);
        std::unique_lock lock(mutex);
        trouble = error.what();
        if (is_stopping) return;
        changed.wait_for(lock, kLookAtLeast, [this] { return is_stopping; });
      }
      changed.notify_all();
    }
  }

  void PackAll(HandOver& from) {
    NoteBase();
    for (bool has_moved = true; has_moved;) {
      has_moved = false;
      if (const auto why = from.broken(); !why.empty()) throw detail::FramesMissing(why);
      const auto work = from.Look();
      blobs.insert(blobs.end(), work.files.begin(), work.files.end());
      while (true) {
        auto stretches = Gather(work);
        if (stretches.empty()) break;
        auto waiting = series->Add(stretches);
        if (!waiting.empty()) waiting.front().blobs = std::exchange(blobs, {});
        for (const auto& stretch : stretches) {
          from.Packed(stretch.end, stretch.frame_count(), stretch.handed);
        }
        sender->Push(std::move(waiting));
        has_moved = true;
        const std::lock_guard lock(mutex);
        Publish();
      }
      const bool is_stuck = !has_moved && !(work.marks.empty() && work.handed.empty());
      fruitless_looks = is_stuck ? fruitless_looks + 1 : 0;
      if (fruitless_looks > kFruitlessLooksMax) {
        throw detail::FramesMissing("the log does not hold what was committed");
      }
    }
  }

  /// As many as fill a segment.
  std::vector<detail::Stretch> Gather(const HandOver::Work& work) {
    std::vector<detail::Stretch> stretches;
    std::int64_t pages = 0;
    while (pages < static_cast<std::int64_t>(kSegmentPagesMax)) {
      auto stretch = packer.Next(work);
      if (!stretch) break;
      pages += stretch->frame_count();
      stretches.push_back(std::move(*stretch));
    }
    return stretches;
  }

  void NoteBase() {
    std::unique_lock lock(mutex);
    if (std::exchange(based_series, std::nullopt) != series->state().series) return;
    lock.unlock();
    series->NoteBase();
    lock.lock();
    Publish();
  }

  /// What is there stays good; from here on there is a gap, so a new series and a base follow.
  void BeginAnew(const std::string& why) {
    Log(LogLevel::kError, "backup.begins_anew", {{"reason", why}});
    tap.Detach(*Listener());
    std::error_code ignored;
    fs::remove(spool / "state", ignored);
    fruitless_looks = 0;
    Begin();
    series->waiting().clear();  // the sender has them
    tap.Attach(*Listener());
  }

  std::shared_ptr<HandOver> Listener() const {
    const std::lock_guard lock(mutex);
    return hand_over;
  }

  /// Under the mutex: what other threads read of the series.
  void Publish() {
    state = series->state();
    changed.notify_all();
  }

  /// Everything committed before the call is in the spool. False when the time ended.
  bool AwaitPacked(seconds longest) {
    std::int64_t round = 0;
    {
      const std::lock_guard lock(mutex);
      round = ++rounds_asked;
      hand_over->Nudge();
    }
    std::unique_lock lock(mutex);
    changed.wait_for(lock, longest, [&] { return rounds_done >= round || is_stopping; });
    return rounds_done >= round;
  }

  // --- bases ---

  void MakeMissingBases() {
    constexpr seconds kAgainAfter{60};
    std::unique_lock lock(mutex);
    while (!are_bases_over) {
      if (state.has_base) {
        changed.wait(lock, [this] { return are_bases_over || !state.has_base; });
        continue;
      }
      lock.unlock();
      const bool may_go_on = TryToMakeBase();
      lock.lock();
      if (!may_go_on) changed.wait_for(lock, kAgainAfter, [this] { return are_bases_over; });
    }
  }

  /// False when the next try should wait. A base of a series that ended meanwhile is no failure.
  bool TryToMakeBase() {
    try {
      MakeBase();
      return true;
    } catch (const Problem& problem) {
      Log(LogLevel::kError, "backup.base_failed", {{"error", problem.told()}});
      return problem.kind() == ProblemKind::kConflict;
    } catch (const std::exception& error) {
      Log(LogLevel::kError, "backup.base_failed", {{"error", error.what()}});
      return false;
    }
  }

  BaseMade MakeBase() {
    const std::lock_guard one_at_a_time(base_mutex);
    BaseManifest manifest;
    manifest.base = NewSeries();
    {
      const std::lock_guard lock(mutex);
      manifest.log = state.series;
      manifest.first_segment = state.life_begins_in;
      base_done = 0;
      base_total = 0;
      is_base_running = true;
    }
    try {
      auto made = FinishBase(std::move(manifest));
      const std::lock_guard lock(mutex);
      is_base_running = false;
      return made;
    } catch (...) {
      const std::lock_guard lock(mutex);
      is_base_running = false;
      throw;
    }
  }

  BaseMade FinishBase(BaseManifest manifest) {
    RemoveUnfinishedBases(*destination);
    const auto started = SteadyMicros();
    manifest.begun_at = clock.Now();
    const auto copied = CopyAtHalfPace(manifest.base);
    const auto copy_micros = SteadyMicros() - started;
    manifest.ended_at = clock.Now();
    manifest.parts = copied.parts;
    manifest.pages = copied.pages;
    AwaitSegmentsOf(manifest);
    ReadFacts(manifest);
    PutSettings(manifest);
    ParcelHead head;
    head.kind = ParcelKind::kBase;
    head.database = options.identity.database;
    head.series = manifest.base;
    head.number = manifest.parts;
    head.first_seq = head.last_seq = manifest.seq;
    head.first_at = head.last_at = manifest.at;
    head.previous = copied.last_check;
    destination->Put(BaseName(manifest.base), SealParcel(key, head, JsonOf(manifest)).bytes);
    {
      const std::lock_guard lock(mutex);
      based_series = manifest.log;
    }
    AwaitPacked(kBaseSegmentsMax);  // the packing thread notes it
    Log(LogLevel::kInfo, "backup.base_made",
        {{"base", HexOf(manifest.base)},
         {"seq", manifest.seq},
         {"pages", manifest.pages},
         {"micros", copy_micros}});
    return {manifest.base, manifest.seq, manifest.at, manifest.pages, copy_micros};
  }

  BaseCopied CopyAtHalfPace(const SeriesId& base) {
    const LentPace lent(options.pacer.get());
    const BasePlan plan{options.paths.database(),
                        destination->where(),
                        options.key_file,
                        options.identity.database,
                        base,
                        lent.bytes_per_second()};
    return options.copy_base(plan, [this](std::int64_t done, std::int64_t total) {
      const std::lock_guard lock(mutex);
      base_done = done;
      base_total = total;
      return !are_bases_over;
    });
  }

  /// The copy may hold pages of any commit up to now, so those commits belong to the base.
  void AwaitSegmentsOf(BaseManifest& manifest) {
    const bool is_packed = AwaitPacked(kBaseSegmentsMax);
    {
      const std::lock_guard lock(mutex);
      if (!is_packed && is_stopping) ThrowStopped();
      if (!is_packed) ThrowAway();
      if (state.series != manifest.log) {
        throw Problem(ProblemKind::kConflict, "A new series began while the base was made.");
      }
      manifest.last_segment = state.next_number - 1;
      manifest.seq = state.last_seq;
      manifest.at = state.last_at;
    }
    const auto deadline = SteadyMicros() + std::chrono::microseconds(kBaseSegmentsMax).count();
    while (!sender->WaitUntilEmpty(seconds(1))) {
      const std::lock_guard lock(mutex);
      if (are_bases_over) ThrowStopped();
      if (SteadyMicros() > deadline) ThrowAway();
    }
  }

  [[noreturn]] static void ThrowStopped() {
    throw Problem(ProblemKind::kPaused, "The base was not finished: the server stops.");
  }
  [[noreturn]] void ThrowAway() const {
    throw Problem(ProblemKind::kBusy, "The base was copied, but the rest did not arrive in time: " +
                                          destination->where() + " does not keep up.");
  }

  void ReadFacts(BaseManifest& manifest) {
    manifest.generation = options.identity.generation;
    manifest.file_bytes = SizeOfFiles(options.paths.blobs());
    const auto reader = database.Read();
    const auto steps = reader->Query("SELECT MAX(number) FROM schema_steps");
    if (steps->Next()) manifest.schema_step = steps->Int(0);
    if (manifest.last_segment >= manifest.first_segment) return;
    // Nothing was ever committed to this series: the copy alone is the database.
    const auto rows = reader->Query("SELECT seq, at FROM position WHERE id = 1");
    if (rows->Next()) {
      manifest.seq = rows->Int(0);
      manifest.at = manifest.ended_at;
    }
  }

  void PutSettings(const BaseManifest& manifest) {
    boost::json::object body{{"settings", options.settings_text}};
    if (options.with_secrets) {
      body["server_key"] = std::string(Trim(ReadWhole(options.paths.server_key())));
    }
    ParcelHead head;
    head.kind = ParcelKind::kSettings;
    head.database = options.identity.database;
    head.series = manifest.base;
    destination->Put(SettingsName(manifest.base),
                     SealParcel(key, head, boost::json::serialize(body)).bytes);
  }

  // --- the rest ---

  bool Flush(std::int64_t longest) {
    const auto deadline = SteadyMicros() + longest * 1'000'000;
    if (!AwaitPacked(seconds(longest))) return false;
    const auto left = std::max<std::int64_t>(0, deadline - SteadyMicros()) / 1'000'000;
    return sender->WaitUntilEmpty(seconds(left + 1));
  }

  ShipStatus Status() const {
    ShipStatus status;
    status.where = destination->where();
    // What the state says is known to the sender already; the other way round a segment could be
    // taken for sent that is not even waiting yet.
    const std::lock_guard lock(mutex);
    const auto sent = sender->status();
    status.sent_seq = sent.sent_seq;
    status.sent_at = sent.sent_at;
    status.waiting_segments = sent.waiting_segments;
    status.waiting_bytes = sent.waiting_bytes;
    status.sent_segments = sent.sent_segments;
    status.sent_bytes = sent.sent_bytes;
    status.trouble = trouble.empty() ? sent.trouble : trouble;
    status.series = HexOf(state.series);
    if (sent.sent_segments == 0 && sent.waiting_segments == 0) {
      status.sent_seq = state.last_seq;
      status.sent_at = state.last_at;
    }
    if (const auto newest = hand_over->newest()) status.committed_seq = newest->seq;
    status.has_base = state.has_base;
    status.is_base_running = is_base_running;
    status.base_done_bytes = base_done;
    status.base_total_bytes = base_total;
    status.longest_hook_micros = hand_over->longest_hook_micros();
    return status;
  }

  void Cancel() {
    {
      const std::lock_guard lock(mutex);
      are_bases_over = true;
    }
    changed.notify_all();
  }

  void Stop(std::int64_t longest) {
    if (!packing.joinable()) return;
    const bool is_all_packed = longest > 0 && AwaitPacked(seconds(longest));
    {
      const std::lock_guard lock(mutex);
      is_stopping = are_bases_over = true;
      hand_over->Nudge();
    }
    changed.notify_all();
    tap.Detach(*Listener());
    packing.join();
    sender->Stop(seconds(longest));
    if (basing.joinable()) basing.join();
    if (is_all_packed) series->NoteRest(options.paths.database());
  }

  const ShipperOptions options;
  LogTap& tap;
  sql::Database& database;
  const Clock& clock;
  const fs::path spool;
  const std::shared_ptr<Destination> destination;
  const BackupKey key;
  const fs::path log_path;
  Gauge& hook_gauge;

  // Of the packing thread.
  std::optional<Series> series;
  Packer packer;
  std::vector<std::string> blobs;
  int fruitless_looks = 0;

  std::optional<Sender> sender;
  std::mutex base_mutex;

  mutable std::mutex mutex;  // guards the next ones
  mutable std::condition_variable changed;
  std::shared_ptr<HandOver> hand_over;
  detail::ShipState state;
  std::string trouble;
  std::optional<SeriesId> based_series;  // has a base that is not noted yet
  std::int64_t rounds_asked = 0, rounds_done = 0;
  bool is_stopping = false, are_bases_over = false, is_base_running = false;
  std::int64_t base_done = 0, base_total = 0;

  std::thread packing, basing;
};

Shipper::Shipper(ShipperOptions options, LogTap& tap, sql::Database& database, const Clock& clock,
                 MetricRegistry& metrics)
    : impl_(std::make_unique<Impl>(std::move(options), tap, database, clock, metrics)) {}

Shipper::~Shipper() { Stop(0); }

std::optional<Takeover> Shipper::FindTakeover() const {
  SeriesId series{};
  {
    const std::lock_guard lock(impl_->mutex);
    series = impl_->state.series;
  }
  return backup::FindTakeover(*impl_->destination, impl_->key, series);
}

void Shipper::PutProof(const Proof& proof) {
  ParcelHead head;
  head.kind = ParcelKind::kProof;
  head.database = impl_->options.identity.database;
  head.first_seq = head.last_seq = proof.seq;
  head.first_at = head.last_at = proof.at;
  impl_->destination->Put(ProofName(proof.at, proof.seq),
                          SealParcel(impl_->key, head, JsonOf(proof)).bytes);
}

BaseMade Shipper::MakeBase() { return impl_->MakeBase(); }
bool Shipper::Flush(std::int64_t seconds) { return impl_->Flush(seconds); }
ShipStatus Shipper::Status() const { return impl_->Status(); }
void Shipper::Cancel() { impl_->Cancel(); }
void Shipper::Stop(std::int64_t seconds) { impl_->Stop(seconds); }

}  // namespace outpost::backup
