#include "insight/search/search_feeder.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "store/query/query.h"

namespace outpost::search {
namespace {

constexpr int kNiceness = 19;
/// Changes of so long are put in together.
constexpr std::int64_t kRestMicros = 500'000;
constexpr std::int64_t kPauseAfterFailureMicros = kMicrosPerSecond;
constexpr std::int64_t kProgressMicros = 10 * kMicrosPerSecond;
constexpr std::int64_t kSearchFeederLock = 0x6f7574706f737403;  // "outpost", 3

constexpr Subject kSubjects[] = {Subject::kForms, Subject::kCases};

struct ListedRow {
  std::int64_t row = 0;
  Instant indexed_on;
  std::vector<std::int64_t> terms;
};

const char* TableOf(Subject subject) {
  return subject == Subject::kForms ? query::kForms : query::kCases;
}

/// The index (project, indexed_on) leads from one project space to the next.
std::vector<std::int64_t> ProjectsIn(sql::Connection& lists, Subject subject) {
  std::vector<std::int64_t> projects;
  const auto sql =
      "SELECT MIN(project) FROM " + std::string(TableOf(subject)) + " WHERE project > $1";
  for (std::int64_t after = 0;;) {
    const auto rows = lists.Query(sql, {after});
    if (!rows->Next() || rows->IsNull(0)) return projects;
    after = rows->Int(0);
    projects.push_back(after);
  }
}

/// The terms of the columns that lists have counters for.
std::vector<ListedRow> ReadSlice(sql::Connection& lists, Subject subject, std::int64_t project,
                                 Instant after) {
  const auto columns = subject == Subject::kForms ? "xmlns, app, person" : "type, owner, person";
  const auto rows =
      lists.Query("SELECT id, indexed_on, " + std::string(columns) + " FROM " + TableOf(subject) +
                      " WHERE project = $1 AND indexed_on > $2 "
                      "ORDER BY indexed_on LIMIT $3",
                  {project, after.micros, std::int64_t{kSliceDocuments}});
  std::vector<ListedRow> slice;
  while (rows->Next()) {
    slice.push_back({rows->Int(0), {rows->Int(1)}, {rows->Int(2), rows->Int(3), rows->Int(4)}});
  }
  return slice;
}

}  // namespace

struct SearchFeeder::Impl {
  explicit Impl(SearchFeederParts given)
      : parts(std::move(given)), writing(parts.search.TakeWritingConnection()) {}

  void Run(const std::stop_token& stop);
  enum class Found : std::uint8_t { kNothing, kSome, kMoreThanASlice };

  bool IsMine();
  Found Pass(const std::stop_token& stop);
  std::size_t Feed(const std::stop_token& stop, Subject subject, std::int64_t project);
  void PutDocument(const TokenSource& source, const ListedRow& listed);
  void Sleep(const std::stop_token& stop, std::int64_t micros);
  void TellProgress();

  SearchFeederParts parts;
  std::unique_ptr<sql::Connection> writing;
  bool is_mine = false;
  std::int64_t documents = 0, told_at = 0;

  mutable std::mutex mutex;
  mutable std::condition_variable_any changed;
  mutable std::uint64_t passes_begun = 0;
  std::uint64_t idle_pass = 0;  // the last one that found nothing to do
  mutable bool is_wanted = false;
  std::jthread thread;  // last: uses all above
};

/// Of several processes on PostgreSQL one feeds, for as long as its session lives.
bool SearchFeeder::Impl::IsMine() {
  if (is_mine || writing->engine() == sql::Engine::kSqlite) return true;
  const auto rows =
      writing->Query("SELECT CAST(pg_try_advisory_lock($1) AS INTEGER)", {kSearchFeederLock});
  is_mine = rows->Next() && rows->Int(0) != 0;
  return is_mine;
}

void SearchFeeder::Impl::PutDocument(const TokenSource& source, const ListedRow& listed) {
  try {
    const auto document = parts.read(source.subject, source.project, listed.row);
    if (!document) return;
    Put(*writing, source.subject, listed.row, TokensOf(source, *document, listed.terms));
    ++documents;
  } catch (const sql::SqlError&) {
    throw;
  } catch (const std::exception& error) {
    parts.metrics.CounterOf("outpost.search.unreadable").Add(1);
    Log(LogLevel::kWarning, "search.unreadable", {{"row", listed.row}, {"error", error.what()}});
  }
}

void SearchFeeder::Impl::TellProgress() {
  if (SteadyMicros() - told_at < kProgressMicros) return;
  told_at = SteadyMicros();
  Log(LogLevel::kInfo, "search.feeding", {{"documents", documents}});
}

/// One slice. @returns how many rows it had.
std::size_t SearchFeeder::Impl::Feed(const std::stop_token& stop, Subject subject,
                                     std::int64_t project) {
  auto slice =
      ReadSlice(*parts.lists.Read(), subject, project, ReadFedTo(*writing, subject, project));
  if (slice.empty()) return 0;
  const auto reached = slice.back().indexed_on;
  // The engine takes rows in the order of their ids with the least work.
  std::sort(slice.begin(), slice.end(), [](const auto& a, const auto& b) { return a.row < b.row; });
  const TokenSource source{parts.search, subject, project};
  writing->Begin();
  for (const auto& listed : slice) {
    PutDocument(source, listed);
    if (stop.stop_requested()) {
      writing->Rollback();
      return 0;
    }
  }
  WriteFedTo(*writing, subject, project, reached);
  writing->Commit();
  return slice.size();
}

/// A slice of every project space.
SearchFeeder::Impl::Found SearchFeeder::Impl::Pass(const std::stop_token& stop) {
  const auto cursor = query::ReadCursor(*parts.lists.Read());
  if (!cursor.is_complete) return Found::kSome;
  if (ReadMadeFor(*writing) != cursor.begun_at) BeginAnew(*writing, cursor.begun_at);
  auto found = Found::kNothing;
  for (const auto subject : kSubjects) {
    const auto projects = ProjectsIn(*parts.lists.Read(), subject);
    for (const auto project : projects) {
      const auto rows = Feed(stop, subject, project);
      if (stop.stop_requested()) return Found::kSome;
      if (rows > 0) found = std::max(found, Found::kSome);
      if (rows == kSliceDocuments) found = Found::kMoreThanASlice;
    }
  }
  if (found != Found::kNothing) TellProgress();
  return found;
}

void SearchFeeder::Impl::Sleep(const std::stop_token& stop, std::int64_t micros) {
  std::unique_lock lock(mutex);
  changed.wait_for(lock, stop, std::chrono::microseconds(micros), [this] { return is_wanted; });
  is_wanted = false;
}

void SearchFeeder::Impl::Run(const std::stop_token& stop) {
  (void)::setpriority(PRIO_PROCESS, 0, kNiceness);  // of this thread, on Linux
  told_at = SteadyMicros();
  while (!stop.stop_requested()) {
    std::int64_t pause = kRestMicros;
    try {
      std::uint64_t number = 0;
      {
        const std::lock_guard lock(mutex);
        number = ++passes_begun;
      }
      const auto found = IsMine() ? Pass(stop) : Found::kSome;
      if (found == Found::kMoreThanASlice) pause = 0;
      const std::lock_guard lock(mutex);
      if (found == Found::kNothing) idle_pass = number;
      changed.notify_all();
    } catch (const std::exception& error) {
      Log(LogLevel::kError, "search.failed", {{"error", error.what()}});
      writing->Rollback();
      is_mine = false;
      pause = kPauseAfterFailureMicros;
    }
    Sleep(stop, pause);
  }
  try {
    sql::LeaveWhole(*writing);
  } catch (const sql::SqlError& error) {
    Log(LogLevel::kWarning, "search.not_left_whole", {{"error", error.what()}});
  }
}

SearchFeeder::SearchFeeder(SearchFeederParts parts)
    : impl_(std::make_unique<Impl>(std::move(parts))) {
  impl_->thread =
      std::jthread([impl = impl_.get()](const std::stop_token& stop) { impl->Run(stop); });
}

SearchFeeder::~SearchFeeder() { Stop(); }

void SearchFeeder::Stop() {
  impl_->thread.request_stop();
  if (impl_->thread.joinable()) impl_->thread.join();
}

bool SearchFeeder::WaitUntilIdle(std::int64_t micros_max) const {
  std::unique_lock lock(impl_->mutex);
  const auto from = impl_->passes_begun;
  impl_->is_wanted = true;
  impl_->changed.notify_all();
  return impl_->changed.wait_for(lock, std::chrono::microseconds(micros_max), [&] {
    if (impl_->idle_pass > from) return true;
    impl_->is_wanted = true;
    return false;
  });
}

}  // namespace outpost::search
