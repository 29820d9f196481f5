#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace outpost {

/// Bytes that are made once and then only read, by any number of readers: in memory while they are
/// few, else in a file without a name, which vanishes with the process.
///
///   made, then read:      Append … ─► whole
///   read while it grows:  Append … ─► Share ─► Append … ─► End ─► whole, or cut off
///
/// Threads: one writes. Others may read after Share, or else after the last Append. The writer
/// never waits for a reader.
class SpooledBytes {
 public:
  static constexpr std::size_t kMemoryBytesMax = 64 * 1024;

  enum class State : std::uint8_t {
    kGrowing,
    kWhole,
    kCutOff,  // the rest will never come
  };
  struct Growth {
    std::int64_t length = 0;
    State state = State::kWhole;
  };

  /// `folder`: where the file is made.
  explicit SpooledBytes(std::filesystem::path folder) : folder_(std::move(folder)) {}
  SpooledBytes(const SpooledBytes&) = delete;
  SpooledBytes& operator=(const SpooledBytes&) = delete;
  ~SpooledBytes();

  /// @throws Problem kStorageFull when the disk is full, kInternal when it fails otherwise.
  void Append(std::string_view bytes);

  /// Lets others read what is there, and what comes, until End. It goes to a file for that.
  /// @throws Problem as Append
  void Share();
  /// After Share, exactly once: nothing more comes. Readers are told.
  void End(bool is_whole);

  /// How much others may read, and whether more may come.
  Growth Look() const;
  /// Calls `told` once, on the writing thread, when there are more than `seen` bytes or it has
  /// ended. @returns false, and calls nothing, where that is so already.
  bool TellOfMore(std::int64_t seen, std::function<void()> told);

  /// Of a reader who came after the last Append or End.
  std::int64_t length() const { return length_; }
  bool in_memory() const { return file_ < 0; }
  /// Only in memory.
  std::string_view bytes() const { return memory_; }
  /// All of them, also those in the file. @throws Problem kInternal
  std::string ReadAll() const;
  /// The file, which stays ours; read it with offsets (pread, sendfile). -1 in memory.
  int file() const { return file_; }

 private:
  void Spill();
  void WriteOut(std::string_view bytes);
  void Publish(State state);

  std::filesystem::path folder_;
  std::string memory_;
  int file_ = -1;
  std::int64_t length_ = 0;
  bool is_shared_ = false;

  mutable std::mutex mutex_;  // over what follows
  Growth growth_;
  std::vector<std::function<void()>> waiting_;
};

}  // namespace outpost
