#include "operations/pg_backup/detail/wal_sender.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "base/log.h"
#include "base/problem.h"
#include "operations/backup/blob_parcels.h"
#include "operations/pg_backup/detail/receiver.h"

namespace outpost::pg_backup::detail {
namespace {

namespace fs = std::filesystem;

}  // namespace

WalSender::WalSender(Parts parts) : parts_(std::move(parts)), state_(LoadShipState(parts_.folder)) {
  const auto& facts = parts_.facts;
  if (state_.database == parts_.database && state_.system == facts.system &&
      state_.segment_bytes == facts.segment_bytes) {
    // Somebody may have emptied the destination.
    const auto bases = parts_.destination->List("pg-base");
    state_.has_base = state_.has_base && std::any_of(bases.begin(), bases.end(), [](const auto& o) {
                        return ParseBaseName(o.name).has_value();
                      });
    return;
  }
  std::error_code ignored;
  fs::remove_all(parts_.folder, ignored);  // the log of another database
  fs::create_directories(parts_.folder);
  state_ = {};
  state_.database = parts_.database;
  state_.system = facts.system;
  state_.timeline = facts.timeline;
  state_.segment_bytes = facts.segment_bytes;
  SaveShipState(parts_.folder, state_);
}

void WalSender::OnKeepFile(const std::string& blob_id) noexcept {
  const std::lock_guard lock(mutex_);
  kept_.push_back(blob_id);
}

void WalSender::Note(const Mark& seen, std::int64_t received_lsn) {
  if (marks_.empty() || marks_.back().lsn < seen.lsn) marks_.push_back(seen);
  received_lsn_ = received_lsn;
}

std::vector<WalSender::Listed> WalSender::List() const {
  std::vector<Listed> all;
  for (auto& wal : ListSpool(parts_.folder / kSetAside, state_.segment_bytes)) {
    all.push_back({std::move(wal), true});
  }
  for (auto& wal : ListSpool(parts_.folder, state_.segment_bytes)) {
    all.push_back({std::move(wal), false});
  }
  return all;
}

std::int64_t WalSender::waiting_files() const {
  const auto all = List();
  return std::count_if(all.begin(), all.end(), [](const auto& one) { return one.wal.is_finished; });
}
std::int64_t WalSender::waiting_bytes() const { return waiting_files() * state_.segment_bytes; }

void WalSender::SendAll() {
  if (!has_all_blobs_) {
    for (const auto& id : backup::MissingBlobs(*parts_.destination, parts_.blobs)) {
      if (parts_.is_stopping()) return;
      backup::PutBlob(*parts_.destination, parts_.key, parts_.database, parts_.blobs, id);
    }
    has_all_blobs_ = true;
  }
  for (const auto& listed : List()) {
    if (parts_.is_stopping()) return;
    Send(listed);
  }
}

/// Those of every commit that can be in what was read before.
void WalSender::SendBlobs() {
  std::vector<std::string> ids;
  {
    const std::lock_guard lock(mutex_);
    ids.swap(kept_);
  }
  try {
    for (const auto& id : ids) {
      backup::PutBlob(*parts_.destination, parts_.key, parts_.database, parts_.blobs, id);
    }
  } catch (...) {
    const std::lock_guard lock(mutex_);
    kept_.insert(kept_.end(), ids.begin(), ids.end());
    throw;
  }
}

/// The newest mark that is not behind `lsn`; older ones are not needed any more.
Mark WalSender::MarkAt(std::int64_t lsn) {
  Mark newest{0, state_.last_seq, state_.last_at};
  while (!marks_.empty() && marks_.front().lsn <= lsn) {
    newest = marks_.front();
    marks_.pop_front();
  }
  state_.last_seq = newest.seq;
  state_.last_at = newest.at;
  return newest;
}

/// Sees a gap: what is at the destination stays good, and a base must follow.
void WalSender::Follow(const SegmentPlace& place) {
  const bool is_next = place.timeline == state_.timeline && place.number <= state_.next;
  if (state_.next != 0 && !is_next) {
    Log(LogLevel::kError, "backup.begins_anew",
        {{"reason", "segments of PostgreSQL's log are missing"},
         {"expected", state_.next},
         {"found", place.number}});
    ++gaps_;
    state_.has_base = false;
  }
  if (!is_next) {
    state_.next = place.number;
    state_.has_finished = false;
  }
  state_.timeline = place.timeline;
}

void WalSender::Send(const Listed& listed) {
  const auto& wal = listed.wal;
  std::string bytes;
  try {
    bytes = ReadFilled(wal.file);
  } catch (const Problem& problem) {
    if (problem.kind() != ProblemKind::kNotFound) throw;
    return;  // it was finished meanwhile: the next look finds it
  }
  WalName name{state_.system, wal.place.timeline, wal.place.number, state_.segment_bytes, 0, 0, {}};
  const auto first_lsn = name.end_lsn();
  if (!IsSegmentOf(bytes, state_.system, first_lsn)) {
    if (!wal.is_finished) return;  // it was only made yet
    throw Problem(ProblemKind::kInternal, wal.file.string() + " is no file of this server's log.");
  }
  const auto received = std::min(received_lsn_ - first_lsn, state_.segment_bytes);
  name.filled = wal.is_finished ? state_.segment_bytes : std::max(std::ssize(bytes), received);
  if (!wal.is_finished && name.end_lsn() <= shipped_lsn_ && !listed.is_set_aside) return;
  Follow(wal.place);
  SendBlobs();
  const auto mark = MarkAt(name.end_lsn());
  name.last_seq = mark.seq;
  name.last_at = mark.at;
  backup::ParcelHead head;
  head.kind = backup::ParcelKind::kPgWal;
  head.database = parts_.database;
  head.series = state_.system;
  head.number = name.number;
  head.first_seq = name.filled;
  head.last_seq = name.last_seq;
  head.last_at = name.last_at;
  const auto parcel = backup::SealParcel(parts_.key, head, bytes);
  parts_.destination->Put(NameOf(name), parcel.bytes);
  RemoveLessFilled(name);
  shipped_lsn_ = std::max(shipped_lsn_, name.end_lsn());
  ++sent_parcels_;
  sent_bytes_ += std::ssize(parcel.bytes);
  if (wal.is_finished) {
    state_.next = std::max(state_.next, name.number + 1);
    state_.has_finished = true;
  }
  if (!wal.is_finished && !listed.is_set_aside) return;
  SaveShipState(parts_.folder, state_);
  fs::remove(wal.file);
}

void WalSender::RemoveLessFilled(const WalName& sent) {
  auto name = NameOf(sent);
  if (!knows_unfinished_) {  // the process before may have left one
    const auto folder = name.substr(0, name.rfind('/'));
    for (const auto& object : parts_.destination->List(folder)) {
      const auto other = ParseWalName(object.name, sent.segment_bytes);
      if (!other || other->timeline != sent.timeline || other->number != sent.number) continue;
      if (other->filled < sent.filled) parts_.destination->Remove(object.name);
    }
    knows_unfinished_ = true;
  } else if (unfinished_ && unfinished_->number == sent.number &&
             unfinished_->timeline == sent.timeline && NameOf(*unfinished_) != name) {
    parts_.destination->Remove(NameOf(*unfinished_));
  }
  unfinished_ = sent.is_finished() ? std::nullopt : std::optional(sent);
}

void WalSender::NoteBase() {
  state_.has_base = true;
  SaveShipState(parts_.folder, state_);
}

void WalSender::ForgetBase() {
  state_.has_base = false;
  SaveShipState(parts_.folder, state_);
}

}  // namespace outpost::pg_backup::detail
