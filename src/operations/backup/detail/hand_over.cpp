#include "operations/backup/detail/hand_over.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "base/problem.h"
#include "base/text.h"
#include "crypto/digests.h"
#include "operations/backup/detail/wire.h"
#include "operations/backup/log_segment.h"

namespace outpost::backup::detail {
namespace {

constexpr std::string_view kMagic = "OPHANDED";
constexpr std::string_view kCheckKey = "outpost handed log";  // guards against accidents only
/// A full segment: the shipper does not wait for company then.
constexpr std::int64_t kMuchFrames = static_cast<std::int64_t>(kSegmentPagesMax);

void PutPlace(std::string& out, const LogPlace& place) {
  PutNumber(out, place.life.salt1);
  PutNumber(out, place.life.salt2);
  PutNumber(out, place.frame);
  PutNumber(out, place.sum1);
  PutNumber(out, place.sum2);
}

LogPlace TakePlace(WireReader& reader) {
  LogPlace place;
  place.life.salt1 = reader.Take<std::uint32_t>();
  place.life.salt2 = reader.Take<std::uint32_t>();
  place.frame = reader.Take<std::int64_t>();
  place.sum1 = reader.Take<std::uint32_t>();
  place.sum2 = reader.Take<std::uint32_t>();
  return place;
}

std::string HandedText(const HandedLog& log) {
  std::string out(kMagic);
  PutNumber(out, static_cast<std::uint32_t>(log.is_big_endian ? 1 : 0));
  PutNumber(out, static_cast<std::uint32_t>(log.marks.size()));
  PutPlace(out, log.from);
  PutPlace(out, log.to);
  for (const auto& mark : log.marks) {
    PutNumber(out, mark.frames);
    PutNumber(out, mark.seq);
    PutNumber(out, mark.at.micros);
  }
  out += ViewOf(crypto::KeyedHash(kCheckKey, out));
  return out;
}

bool IsWhole(const HandedLog& log) {
  auto place = log.from;
  for (std::string_view rest(log.frames); rest.size() >= static_cast<std::size_t>(kFrameBytes);
       rest.remove_prefix(static_cast<std::size_t>(kFrameBytes))) {
    if (!AcceptFrame(rest.substr(0, static_cast<std::size_t>(kFrameBytes)), log.is_big_endian,
                     place)) {
      return false;
    }
  }
  return place == log.to;
}

}  // namespace

std::optional<HandedLog> ReadHanded(const std::filesystem::path& path) {
  const auto bytes = ReadWhole(path);
  WireReader reader(bytes);
  if (reader.TakeBytes(kMagic.size()) != kMagic) return std::nullopt;
  HandedLog log;
  log.path = path;
  log.is_big_endian = reader.Take<std::uint32_t>() == 1;
  const auto marks = reader.Take<std::uint32_t>();
  log.from = TakePlace(reader);
  log.to = TakePlace(reader);
  if (reader.rest().size() / 24 < marks) return std::nullopt;
  log.marks.resize(marks);
  for (auto& mark : log.marks) {
    mark.life = log.to.life;
    mark.frames = reader.Take<std::int64_t>();
    mark.seq = reader.Take<std::int64_t>();
    mark.at.micros = reader.Take<std::int64_t>();
  }
  const auto head = std::string_view(bytes).substr(0, bytes.size() - reader.rest().size());
  const auto check = crypto::KeyedHash(kCheckKey, head);
  if (reader.TakeBytes(check.size()) != ViewOf(check)) return std::nullopt;
  log.frames = reader.rest();
  if (log.frames.size() % static_cast<std::size_t>(kFrameBytes) != 0 || !IsWhole(log)) {
    return std::nullopt;
  }
  return log;
}

std::vector<std::filesystem::path> ListHanded(const std::filesystem::path& spool) {
  std::vector<std::filesystem::path> found;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(spool, error)) {
    if (entry.path().extension() == ".handed") found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

void RemoveUnfinishedCopy(const std::filesystem::path& spool) {
  const auto copies = ListHanded(spool);
  if (copies.empty() || ReadHanded(copies.back())) return;
  std::error_code ignored;
  std::filesystem::remove(copies.back(), ignored);
}

HandOver::HandOver(std::filesystem::path log, std::filesystem::path spool, std::int64_t bytes_max)
    : spool_(std::move(spool)), bytes_max_(bytes_max), file_(std::move(log)) {
  handed_ = ListHanded(spool_);
  for (const auto& path : handed_) {
    std::error_code error;
    handed_bytes_ += static_cast<std::int64_t>(std::filesystem::file_size(path, error));
    next_copy_ = ParseInt(path.stem().native()).value_or(0) + 1;
  }
}

void HandOver::GoOnBehind(const LogPlace& place) {
  const std::lock_guard lock(mutex_);
  place_ = place;
}

void HandOver::OnCommit(const CommitMark& mark) noexcept {
  {
    const std::lock_guard lock(mutex_);
    const bool has_written =
        !newest_ || newest_->life != mark.life || newest_->frames != mark.frames;
    if (has_written) {
      const bool goes_on = newest_ && newest_->life == mark.life;
      waiting_frames_ += mark.frames - (goes_on ? newest_->frames : 0);
    }
    newest_ = mark;
    if (!has_written || !broken_.empty()) return;
    marks_.push_back(mark);
  }
  work_.notify_one();
}

void HandOver::OnKeepFile(const std::string& blob_id) noexcept {
  const std::lock_guard lock(mutex_);
  files_.push_back(blob_id);
}

void HandOver::OnCheckpoint(const LogLife& life, std::int64_t frames) noexcept {
  const auto started = SteadyMicros();
  const std::lock_guard lock(mutex_);
  if (!broken_.empty()) return;
  try {
    Copy(life, frames);
  } catch (const std::exception& error) {
    // Forms come before backups: the checkpoint goes on, and the series of segments ends.
    Break(error.what());
  }
  longest_micros_ = std::max(longest_micros_, SteadyMicros() - started);
}

/// Under the mutex: frames that nobody packed and no copy has yet.
void HandOver::Copy(const LogLife& life, std::int64_t frames) {
  HandedLog log;
  const auto begin = file_.Begin();
  log.is_big_endian = file_.is_big_endian();
  if (copied_to_ && copied_to_->life == life) {
    log.from = *copied_to_;
  } else if (place_ && place_->life == life) {
    log.from = *place_;
  } else if (begin && begin->life == life) {
    log.from = *begin;
  } else {
    return;  // emptied by the checkpoint before; all of it was copied then
  }
  if (place_ && place_->life == life && place_->frame > log.from.frame) log.from = *place_;
  if (log.from.frame >= frames) return;
  log.to = log.from;
  if (!file_.Copy(log.to, frames, log.frames)) return Break("frames of the log could not be read");
  for (const auto& mark : marks_) {
    if (mark.life == life && mark.frames > log.from.frame) log.marks.push_back(mark);
  }
  handed_bytes_ += static_cast<std::int64_t>(log.frames.size());
  if (handed_bytes_ > bytes_max_) return Break("more waits to be shipped than spool_bytes allows");
  const auto path = spool_ / fmt::format("{:012}.handed", next_copy_++);
  WriteInPlace(path, HandedText(log), log.frames);
  handed_.push_back(path);
  copied_to_ = log.to;
}

void HandOver::Break(const std::string& why) {
  broken_ = why;
  Log(LogLevel::kError, "backup.series_ended", {{"reason", why}});
  work_.notify_one();
}

HandOver::Work HandOver::Look() {
  const std::lock_guard lock(mutex_);
  is_nudged_ = false;
  return {handed_, marks_, std::exchange(files_, {})};
}

void HandOver::Packed(const LogPlace& place, std::int64_t frames,
                      const std::vector<std::filesystem::path>& handed) {
  // Files go outside of the lock: the writer may wait for it.
  std::int64_t bytes = 0;
  for (const auto& path : handed) {
    std::error_code error;
    bytes += static_cast<std::int64_t>(std::filesystem::file_size(path, error));
    std::filesystem::remove(path, error);
  }
  const std::lock_guard lock(mutex_);
  place_ = place;
  handed_bytes_ -= bytes;
  waiting_frames_ = std::max<std::int64_t>(0, waiting_frames_ - frames);
  std::size_t done = 0;  // marks are in order, also over lives
  for (std::size_t i = 0; i < marks_.size(); ++i) {
    if (marks_[i].life == place.life && marks_[i].frames <= place.frame) done = i + 1;
  }
  marks_.erase(marks_.begin(), marks_.begin() + static_cast<std::ptrdiff_t>(done));
  for (const auto& path : handed) std::erase(handed_, path);
}

bool HandOver::WaitForWork(std::chrono::milliseconds patience, std::chrono::milliseconds longest) {
  std::unique_lock lock(mutex_);
  const auto is_urgent = [this] {
    if (is_nudged_ || !broken_.empty()) return true;
    return waiting_frames_ >= kMuchFrames;
  };
  const bool has_come = work_.wait_for(
      lock, longest, [&] { return is_urgent() || !marks_.empty() || !handed_.empty(); });
  if (has_come && !is_urgent()) work_.wait_for(lock, patience, is_urgent);
  return has_come;
}

void HandOver::Nudge() {
  {
    const std::lock_guard lock(mutex_);
    is_nudged_ = true;
  }
  work_.notify_one();
}

std::string HandOver::broken() const {
  const std::lock_guard lock(mutex_);
  return broken_;
}

std::int64_t HandOver::longest_hook_micros() const {
  const std::lock_guard lock(mutex_);
  return longest_micros_;
}

std::optional<CommitMark> HandOver::newest() const {
  const std::lock_guard lock(mutex_);
  return newest_;
}

}  // namespace outpost::backup::detail
