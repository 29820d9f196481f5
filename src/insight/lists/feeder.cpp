#include "insight/lists/feeder.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "insight/lists/detail/case_table.h"
#include "insight/lists/detail/form_table.h"
#include "insight/lists/detail/rebuild.h"
#include "store/changelog/changelog.h"
#include "store/query/query.h"

namespace outpost::lists {
namespace {

constexpr std::string_view kReader = "lists";
/// Commits of other processes on PostgreSQL are not announced: looked for so often.
constexpr std::int64_t kLookMicros = 200'000;
/// Changes of so long are followed together: a small part of the second that lists may lag.
constexpr std::int64_t kRestMicros = 100'000;
/// Our place in the primary database's change log is written so often; trimming waits for it.
constexpr std::int64_t kPlaceMicros = 60 * kMicrosPerSecond;
constexpr std::int64_t kProgressMicros = 5 * kMicrosPerSecond;
constexpr std::int64_t kPauseAfterFailureMicros = kMicrosPerSecond;
constexpr std::int64_t kFeederLock = 0x6f7574706f737402;  // "outpost", 2

struct Place {
  std::int64_t seq = 0;
  Instant at;
};

Place PositionOf(sql::Connection& primary) {
  const auto rows = primary.Query("SELECT seq, at FROM position");
  return rows->Next() ? Place{rows->Int(0), {rows->Int(1)}} : Place{};
}

/// Whether the lists show a moment of this database's history: a restored backup has another.
bool IsOfThisHistory(sql::Connection& primary, const query::Cursor& cursor) {
  const auto now = PositionOf(primary);
  if (cursor.seq > now.seq) return false;
  if (cursor.seq == now.seq && cursor.at != now.at) return false;
  const auto rows = primary.Query("SELECT at FROM changes WHERE seq = $1", {cursor.seq});
  return !rows->Next() || Instant{rows->Int(0)} == cursor.at;
}

std::vector<std::int64_t> RowsOf(const std::vector<changelog::Change>& changes,
                                 changelog::Topic topic) {
  std::vector<std::int64_t> rows;
  for (const auto& change : changes) {
    if (change.topic == topic) rows.push_back(change.row);
  }
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

}  // namespace

struct Feeder::Impl {
  explicit Impl(const FeederParts& given)
      : parts(given), writing(given.query.TakeWritingConnection()) {}

  void Run(const std::stop_token& stop);
  void Work(const std::stop_token& stop);
  bool IsMine();
  bool IsUsable();
  bool Rebuild(const std::stop_token& stop);
  std::size_t Follow();
  void Apply(const std::vector<changelog::Change>& changes, const query::Cursor& reached);
  void KeepPlace(std::int64_t seq);
  void Rest(const std::stop_token& stop);
  void Tell(const FeederState& fresh);

  FeederParts parts;
  std::unique_ptr<sql::Connection> writing;
  query::Cursor cursor;
  std::int64_t whole_from = 0;  // after a rebuild: of one piece from this position on
  std::int64_t place_kept_at = 0;

  mutable std::mutex mutex;
  mutable std::condition_variable moved;
  mutable std::condition_variable_any sleep;
  mutable bool is_wanted = false;  // somebody waits for what is not shown yet
  FeederState state;
  std::jthread thread;  // last: uses all above
};

void Feeder::Impl::Tell(const FeederState& fresh) {
  {
    const std::lock_guard lock(mutex);
    state = fresh;
  }
  moved.notify_all();
  parts.metrics.GaugeOf("outpost.lists.seq").Set(static_cast<double>(fresh.seq));
  parts.metrics.GaugeOf("outpost.lists.is_complete").Set(fresh.is_complete ? 1 : 0);
}

void Feeder::Impl::KeepPlace(std::int64_t seq) {
  parts.writer.Run(0, [&](sql::Batch& batch) { changelog::MoveCursor(batch, kReader, seq); });
  place_kept_at = SteadyMicros();
}

/// Of several processes on PostgreSQL one feeds, for as long as its session lives.
bool Feeder::Impl::IsMine() {
  if (writing->engine() == sql::Engine::kSqlite) return true;
  const auto rows =
      writing->Query("SELECT CAST(pg_try_advisory_lock($1) AS INTEGER)", {kFeederLock});
  return rows->Next() && rows->Int(0) != 0;
}

/// Whether following can go on from where the lists are.
bool Feeder::Impl::IsUsable() {
  if (!cursor.is_complete) return false;
  const auto primary = parts.primary.Read();
  const auto place = changelog::ReadCursor(*primary, kReader);
  // Without our place in the log, or before it, changes may have been trimmed.
  return place != 0 && place <= cursor.seq && IsOfThisHistory(*primary, cursor);
}

bool Feeder::Impl::Rebuild(const std::stop_token& stop) {
  const auto start = PositionOf(*parts.primary.Read());
  KeepPlace(start.seq);
  const auto begun = SteadyMicros();
  auto told = begun;
  FeederState progress{start.seq, false, 0, 0};
  const bool is_done = detail::Rebuild(
      parts.primary, parts.query, *writing, [&](std::int64_t done, std::int64_t total) {
        progress.rows_done = done;
        progress.rows_total = total;
        Tell(progress);
        if (SteadyMicros() - told > kProgressMicros) {
          told = SteadyMicros();
          Log(LogLevel::kInfo, "lists.rebuilding", {{"rows", done}, {"of", total}});
        }
        return !stop.stop_requested();
      });
  if (!is_done) return false;
  cursor = {start.seq, start.at, false};
  whole_from = PositionOf(*parts.primary.Read()).seq;
  Log(LogLevel::kInfo, "lists.rebuilt",
      {{"rows", progress.rows_done}, {"micros", SteadyMicros() - begun}});
  return true;
}

void Feeder::Impl::Apply(const std::vector<changelog::Change>& changes,
                         const query::Cursor& reached) {
  const auto form_rows = RowsOf(changes, changelog::Topic::kForm);
  const auto case_rows = RowsOf(changes, changelog::Topic::kCase);
  const bool is_nothing = form_rows.empty() && case_rows.empty();
  if (is_nothing && reached.is_complete == cursor.is_complete) return;
  const auto primary = parts.primary.Read();
  detail::Tally tally;
  writing->Begin();
  detail::FormTable(parts.query, *writing, tally).Bring(form_rows, *primary);
  detail::CaseTable(parts.query, *writing, tally).Bring(case_rows, *primary);
  tally.Flush(*writing);
  query::WriteCursor(*writing, reached);
  writing->Commit();
}

/// Many small commits cost more than few: what comes within a moment is followed together, unless
/// somebody asks.
void Feeder::Impl::Rest(const std::stop_token& stop) {
  std::unique_lock lock(mutex);
  sleep.wait_for(lock, stop, std::chrono::microseconds(kRestMicros), [this] { return is_wanted; });
  is_wanted = false;
}

/// One slice. @returns how many changes it had.
std::size_t Feeder::Impl::Follow() {
  query::Cursor reached;
  std::vector<changelog::Change> changes;
  {
    const auto primary = parts.primary.Read();
    // In this order: what commits in between is seen as a change, and not yet as reached.
    const auto position = PositionOf(*primary);
    changes = changelog::ReadAfter(*primary, cursor.seq, kSliceChanges);
    reached = {position.seq, position.at, false};
  }
  if (!changes.empty() && (changes.size() == kSliceChanges || changes.back().seq > reached.seq)) {
    reached = {changes.back().seq, changes.back().at, false};
  }
  reached.is_complete = cursor.is_complete || reached.seq >= whole_from;
  const bool is_news = reached.seq > cursor.seq || reached.is_complete != cursor.is_complete;
  if (!is_news) return 0;
  Apply(changes, reached);
  cursor = reached;
  Tell({cursor.seq, cursor.is_complete, 0, 0});
  return changes.size();
}

void Feeder::Impl::Work(const std::stop_token& stop) {
  const bool is_mine = IsMine();
  cursor = query::ReadCursor(*writing);
  if (!is_mine) {
    Tell({cursor.seq, cursor.is_complete, 0, 0});
    return;
  }
  if (IsUsable()) {
    Tell({cursor.seq, cursor.is_complete, 0, 0});
  } else if (!Rebuild(stop)) {
    return;
  }
  while (!stop.stop_requested()) {
    const auto followed = Follow();
    if (followed == 0) parts.writer.WaitForCommitAfter(cursor.seq, kLookMicros);
    if (followed < kSliceChanges) Rest(stop);
    const bool is_due = SteadyMicros() - place_kept_at > kPlaceMicros;
    if (is_due && cursor.is_complete) KeepPlace(query::ReadCursor(*writing).seq);
  }
}

void Feeder::Impl::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    std::int64_t pause = kLookMicros;
    try {
      Work(stop);
    } catch (const std::exception& error) {
      Log(LogLevel::kError, "lists.failed", {{"error", error.what()}});
      writing->Rollback();
      pause = kPauseAfterFailureMicros;
    }
    std::unique_lock lock(mutex);
    sleep.wait_for(lock, stop, std::chrono::microseconds(pause), [] { return false; });
  }
  try {
    sql::LeaveWhole(*writing);
  } catch (const sql::SqlError& error) {
    Log(LogLevel::kWarning, "lists.not_left_whole", {{"error", error.what()}});
  }
}

Feeder::Feeder(const FeederParts& parts) : impl_(std::make_unique<Impl>(parts)) {
  impl_->thread =
      std::jthread([impl = impl_.get()](const std::stop_token& stop) { impl->Run(stop); });
}

Feeder::~Feeder() { Stop(); }

void Feeder::Stop() {
  impl_->thread.request_stop();
  if (impl_->thread.joinable()) impl_->thread.join();
}

FeederState Feeder::State() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->state;
}

bool Feeder::WaitFor(std::int64_t seq, std::int64_t micros_max) const {
  std::unique_lock lock(impl_->mutex);
  const auto is_shown = [&] { return impl_->state.is_complete && impl_->state.seq >= seq; };
  if (is_shown()) return true;
  impl_->is_wanted = true;
  impl_->sleep.notify_all();
  return impl_->moved.wait_for(lock, std::chrono::microseconds(micros_max), is_shown);
}

}  // namespace outpost::lists
