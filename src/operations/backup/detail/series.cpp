#include "operations/backup/detail/series.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "base/log.h"
#include "base/problem.h"
#include "base/text.h"
#include "operations/backup/detail/hand_over.h"
#include "operations/backup/place.h"

namespace outpost::backup::detail {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSegmentEnd = ".segment";

/// Where the copies of the process before end; empty when one is not whole.
std::optional<LogPlace> EndOfCopies(const fs::path& spool, std::optional<LogPlace> place) {
  for (const auto& path : ListHanded(spool)) {
    const auto copy = ReadHanded(path);
    if (!copy) return std::nullopt;
    place = copy->to;
  }
  return place;
}

/// Whether the newest segment is still where it was sent: somebody may have emptied the folder. A
/// place behind a network may be away, and is not waited for; it is looked at with the first Put.
bool IsThere(const Destination& destination, const ShipState& state) {
  if (state.next_number == 0 || IsOffSite(ParsePlace(destination.where()))) return true;
  return destination.Has(
      NameOf(LogName{state.series, state.next_number - 1, state.last_seq, state.last_at}));
}

void RemoveAll(const std::vector<fs::path>& files) {
  std::error_code ignored;
  for (const auto& file : files) fs::remove(file, ignored);
}

}  // namespace

Series::Series(const fs::path& spool, BackupKey key, const DatabaseId& database,
               const fs::path& database_file, const Destination& destination)
    : spool_(spool), key_(std::move(key)) {
  fs::create_directories(spool_);
  const auto found = LoadState(spool_);
  if (found) state_ = *found;
  FindWaiting();
  RemoveUnfinishedCopy(spool_);
  const auto end = EndOfCopies(spool_, state_.place);
  goes_on_ = found && found->database == database &&
             GoesOn(state_, end, database_file, database_file.string() + "-wal",
                    fs::remove(spool_ / kOtherWriter)) &&
             (!waiting_.empty() || IsThere(destination, state_));
  if (goes_on_) return;
  RemoveAll(ListHanded(spool_));
  state_ = {};
  state_.database = database;
  state_.series = NewSeries();
  SaveState(spool_, state_);
  Log(LogLevel::kInfo, "backup.series_begins", {{"series", HexOf(state_.series)}});
}

/// Those behind the state are of a step that a crash cut off; it is done again.
void Series::FindWaiting() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(spool_)) {
    if (entry.path().extension() == kSegmentEnd) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    try {
      const auto bytes = ReadWhole(file);
      const auto read = CheckParcel(key_, bytes);
      if (read.head.series == state_.series && read.head.number >= state_.next_number) {
        RemoveAll({file});
        continue;
      }
      waiting_.push_back(
          {file,
           {read.head.series, read.head.number, read.head.last_seq, read.head.last_at},
           static_cast<std::int64_t>(bytes.size()),
           {}});
    } catch (const Problem& problem) {
      Log(LogLevel::kError, "backup.spool_damaged",
          {{"file", file.filename().string()}, {"error", problem.told()}});
      state_ = {};  // a series with a hole ends
      RemoveAll({file});
    }
  }
}

Waiting Series::Spool(ShipState& next, LogSegment segment) {
  ParcelHead head;
  head.kind = ParcelKind::kLog;
  head.database = next.database;
  head.series = next.series;
  head.number = next.next_number;
  head.first_seq = next.last_seq;
  head.previous = next.previous;
  head.first_at =
      segment.commits.front().at.micros == 0 ? next.last_at : segment.commits.front().at;
  for (const auto& commit : segment.commits) {
    if (commit.database_pages == 0) continue;
    next.last_seq = std::max(next.last_seq, commit.seq);
    next.last_at = std::max(next.last_at, commit.at);
  }
  head.last_seq = next.last_seq;
  head.last_at = next.last_at;
  const auto parcel = SealParcel(key_, head, WriteSegment(std::move(segment)));
  const auto file =
      spool_ / fmt::format("{}-{:012}{}", HexOf(next.series), head.number, kSegmentEnd);
  WriteQuickly(file, parcel.bytes);
  next.previous = parcel.check;
  ++next.next_number;
  return {file,
          {head.series, head.number, head.last_seq, head.last_at},
          static_cast<std::int64_t>(parcel.bytes.size()),
          {}};
}

std::vector<Waiting> Series::Add(std::vector<Stretch>& stretches) {
  auto next = state_;
  next.at_rest.reset();
  next.place = stretches.back().end;
  std::vector<Waiting> waiting;
  LogSegment gathered;
  const auto spool = [&] {
    if (!gathered.pages.empty()) waiting.push_back(Spool(next, std::move(gathered)));
    gathered = {};
  };
  for (auto& stretch : stretches) {
    bool begins_life = stretch.begins_life;
    for (auto& segment : stretch.segments) {
      if (gathered.pages.size() + segment.pages.size() > kSegmentPagesMax) spool();
      if (std::exchange(begins_life, false)) next.life_begins_in = next.next_number;
      AppendSegment(gathered, std::move(segment));
    }
  }
  spool();
  SaveState(spool_, next);
  state_ = next;
  return waiting;
}

void Series::NoteBase() {
  state_.has_base = true;
  SaveState(spool_, state_);
}

void Series::NoteRest(const fs::path& database_file) {
  state_.at_rest = FactsOf(database_file);
  SaveState(spool_, state_);
}

}  // namespace outpost::backup::detail
