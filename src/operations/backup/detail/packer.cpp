#include "operations/backup/detail/packer.h"

#include <algorithm>

namespace outpost::backup::detail {
namespace {

[[noreturn]] void ThrowMissing(const char* what) {
  throw FramesMissing(std::string("frames of the log are missing: ") + what);
}

/// Pages and commits that gather until a segment is full.
class Gathering {
 public:
  void Add(std::uint32_t page, std::string_view bytes) {
    if (segment_.pages.size() == kSegmentPagesMax) Close();
    segment_.pages.push_back({page, static_cast<std::uint32_t>(segment_.commits.size()), bytes});
    is_commit_open_ = true;
  }
  void EndCommit(const CommitMark& mark, std::uint32_t database_pages) {
    segment_.commits.push_back({mark.seq, mark.at, database_pages});
    is_commit_open_ = false;
  }
  std::vector<LogSegment> Finish() {
    Close();
    return std::move(closed_);
  }

 private:
  void Close() {
    if (segment_.pages.empty()) return;
    if (is_commit_open_) segment_.commits.push_back({});
    closed_.push_back(std::move(segment_));
    segment_ = {};
    is_commit_open_ = false;
  }

  LogSegment segment_;
  bool is_commit_open_ = false;
  std::vector<LogSegment> closed_;
};

}  // namespace

std::vector<LogSegment> CutIntoSegments(const LogPlace& from, std::string_view frames,
                                        const std::vector<CommitMark>& marks) {
  Gathering gathering;
  auto mark = marks.begin();
  const auto count = frames.size() / static_cast<std::size_t>(kFrameBytes);
  for (std::size_t i = 0; i < count; ++i) {
    const auto frame = FrameAt(frames, i);
    const auto number = from.frame + static_cast<std::int64_t>(i) + 1;
    gathering.Add(frame.page, PageAt(frames, i));
    while (mark != marks.end() && (mark->life != from.life || mark->frames < number)) ++mark;
    if (mark != marks.end() && mark->frames == number) {
      if (frame.database_pages == 0) ThrowMissing("a commit ends within a transaction");
      gathering.EndCommit(*mark, frame.database_pages);
    }
  }
  return gathering.Finish();
}

std::optional<Stretch> Packer::Next(const HandOver::Work& work) {
  if (auto stretch = FromHanded(work)) return stretch;
  return FromLog(work);
}

std::optional<Stretch> Packer::FromHanded(const HandOver::Work& work) {
  for (const auto& path : work.handed) {
    std::error_code error;
    if (path <= last_handed_ || !std::filesystem::exists(path, error)) continue;  // packed already
    auto log = ReadHanded(path);
    if (!log) ThrowMissing("a copy in the spool is damaged");
    Stretch stretch;
    stretch.handed = {path};
    const bool is_same_life = place_ && place_->life == log->from.life;
    if (!is_same_life && log->from.frame != 0) ThrowMissing("a copy begins in the middle");
    if (is_same_life && place_->frame < log->from.frame) ThrowMissing("between two copies");
    const auto skipped =
        is_same_life ? std::min(place_->frame, log->to.frame) - log->from.frame : 0;
    stretch.begins_life = log->from.frame + skipped == 0;
    stretch.frames = std::move(log->frames).substr(static_cast<std::size_t>(skipped * kFrameBytes));
    auto from = log->from;
    from.frame += skipped;
    stretch.segments = CutIntoSegments(from, stretch.frames, log->marks);
    stretch.end = is_same_life && place_->frame > log->to.frame ? *place_ : log->to;
    place_ = stretch.end;
    last_handed_ = path;
    return stretch;
  }
  return std::nullopt;
}

std::optional<Stretch> Packer::FromLog(const HandOver::Work& work) {
  if (work.marks.empty()) return std::nullopt;
  const auto& last = work.marks.back();
  const auto begin = file_.Begin();
  if (!begin || begin->life != last.life) return std::nullopt;
  auto place = place_ && place_->life == last.life ? *place_ : *begin;
  if (place.frame >= last.frames) return std::nullopt;
  Stretch stretch;
  stretch.begins_life = place.frame == 0;
  const auto from = place;
  file_.Read(place, last.frames, kSegmentPagesMax, stretch.frames);
  if (place.frame == from.frame) return std::nullopt;
  stretch.segments = CutIntoSegments(from, stretch.frames, work.marks);
  stretch.end = place;
  place_ = place;
  return stretch;
}

}  // namespace outpost::backup::detail
