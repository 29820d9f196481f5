#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "operations/backup/files.h"
#include "operations/backup/log_tap.h"

/// Reads SQLite's write-ahead log while the writer appends to it. SQLite's locks are not on this
/// file, so reading it by other means is harmless. The format is that of sqlite.org/fileformat2
/// section 4: a header of 32 bytes, then frames of 24 bytes and a page, each with a checksum that
/// goes on from the one before it.
namespace outpost::backup::detail {

inline constexpr std::int64_t kLogHeaderBytes = 32;
inline constexpr std::int64_t kFrameHeaderBytes = 24;
inline constexpr std::int64_t kFrameBytes = kFrameHeaderBytes + 4'096;

/// Behind which frame of which life something is.
struct LogPlace {
  LogLife life;
  std::int64_t frame = 0;
  std::uint32_t sum1 = 0, sum2 = 0;  // of that frame, or of the header for frame 0
  friend bool operator==(const LogPlace&, const LogPlace&) = default;
};

struct Frame {
  std::uint32_t page = 0;
  std::uint32_t database_pages = 0;  // not 0: the last one of a commit
};

class LogFile {
 public:
  explicit LogFile(std::filesystem::path path) : path_(std::move(path)) {}

  /// The place before the first frame; empty when there is no log yet.
  std::optional<LogPlace> Begin();

  /// Only the salts; cheap.
  std::optional<LogLife> Life();
  /// How its sums are computed, once it has a header.
  bool is_big_endian() const { return is_big_endian_; }

  /// Reads frames behind `place`, at most to frame `last` and at most `frames_max`, and moves
  /// `place` behind what it read: `bytes` is appended with the frames as they lie in the file.
  /// Ends before the first frame that is not whole or of another life. Begin was called before.
  void Read(LogPlace& place, std::int64_t last, std::int64_t frames_max, std::string& bytes);

  /// The same without looking at each frame, for who has no time: whether all frames up to `last`
  /// are there and the last one is of this life. Who packs them checks them.
  bool Copy(LogPlace& place, std::int64_t last, std::string& bytes);

  /// Behind the last whole commit at or behind `place`: what SQLite finds after a crash.
  LogPlace EndOfCommits(LogPlace place);

 private:
  bool Open();

  std::filesystem::path path_;
  Descriptor file_;
  bool is_big_endian_ = false;
};

/// Moves `place` over the frame when it is the next one.
bool AcceptFrame(std::string_view frame, bool is_big_endian, LogPlace& place);

Frame FrameAt(std::string_view frames, std::size_t index);
inline std::string_view PageAt(std::string_view frames, std::size_t index) {
  return frames.substr(index * kFrameBytes + kFrameHeaderBytes, kFrameBytes - kFrameHeaderBytes);
}

}  // namespace outpost::backup::detail
