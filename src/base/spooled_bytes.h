#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace outpost {

/// Bytes that are made once and then only read, by any number of readers: in memory while they are
/// few, else in a file without a name, which vanishes with the process. Threads: one writes; after
/// that any may read.
class SpooledBytes {
 public:
  static constexpr std::size_t kMemoryBytesMax = 64 * 1024;

  /// `folder`: where the file is made.
  explicit SpooledBytes(std::filesystem::path folder) : folder_(std::move(folder)) {}
  SpooledBytes(const SpooledBytes&) = delete;
  SpooledBytes& operator=(const SpooledBytes&) = delete;
  ~SpooledBytes();

  /// @throws Problem kStorageFull when the disk is full, kInternal when it fails otherwise.
  void Append(std::string_view bytes);

  std::int64_t length() const { return length_; }
  bool in_memory() const { return file_ < 0; }
  /// Only in memory.
  std::string_view bytes() const { return memory_; }
  /// All of them, also those in the file. @throws Problem kInternal
  std::string ReadAll() const;
  /// A descriptor of the file, for the caller to close; read it with offsets (pread, sendfile).
  /// Only when not in memory. @throws Problem kInternal when the process has no more of them.
  int Open() const;

 private:
  void Spill();
  void WriteOut(std::string_view bytes);

  std::filesystem::path folder_;
  std::string memory_;
  int file_ = -1;
  std::int64_t length_ = 0;
};

}  // namespace outpost
