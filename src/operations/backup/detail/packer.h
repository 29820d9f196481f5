#pragma once

#include <filesystem>
#include <functional>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "operations/backup/detail/hand_over.h"
#include "operations/backup/detail/log_file.h"
#include "operations/backup/log_segment.h"

/// Turns frames into segments, in the order in which they were committed: first the copies that
/// checkpoints handed over, then what is still in the log.
namespace outpost::backup::detail {

/// Frames are lost: the series of segments cannot go on.
class FramesMissing : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A stretch of the log that is packed as one step: after a crash it is packed whole or again.
struct Stretch {
  LogPlace end;
  std::vector<LogSegment> segments;           // their pages point into `frames`
  std::vector<std::filesystem::path> handed;  // the copy it came from
  bool begins_life = false;  // its first segment holds the first frame of a life of the log
  std::string frames;

  std::int64_t frame_count() const { return std::ssize(frames) / kFrameBytes; }
};

class Packer {
 public:
  explicit Packer(std::filesystem::path log) : file_(std::move(log)) {}

  /// Copies that were read and not packed are read again.
  void GoOnBehind(const std::optional<LogPlace>& place) {
    place_ = place;
    last_handed_.clear();
  }
  const std::optional<LogPlace>& place() const { return place_; }

  /// The next stretch of `work`, at most kSegmentPagesMax pages of the log or one copy; moves the
  /// place behind it. Empty when nothing is left, or when the log began again meanwhile: then the
  /// next look finds a copy.
  /// @throws FramesMissing
  std::optional<Stretch> Next(const HandOver::Work& work);

 private:
  std::optional<Stretch> FromHanded(const HandOver::Work& work);
  std::optional<Stretch> FromLog(const HandOver::Work& work);

  LogFile file_;
  std::optional<LogPlace> place_;
  std::filesystem::path last_handed_;
};

/// Cuts frames behind `from` at the marks; frames that end a commit nobody marked (of a process
/// that ended) belong to the next mark.
std::vector<LogSegment> CutIntoSegments(const LogPlace& from, std::string_view frames,
                                        const std::vector<CommitMark>& marks);

}  // namespace outpost::backup::detail
