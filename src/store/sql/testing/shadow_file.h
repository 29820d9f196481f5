#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <span>
#include <string>

namespace outpost::sql_testing {

/// A file as the process sees it, above the file as it would be found after a power failure: what
/// was not synced reaches the latter only by chance, sector by sector, in any order.
/// Threads: any.
class ShadowFile {
 public:
  ShadowFile(std::string path, std::uint64_t seed);
  ~ShadowFile();
  ShadowFile(const ShadowFile&) = delete;
  ShadowFile& operator=(const ShadowFile&) = delete;

  /// @returns bytes read; less than asked for at the end of the file.
  std::size_t Read(std::span<char> out, std::int64_t offset) const;
  void Write(std::span<const char> bytes, std::int64_t offset);
  void Truncate(std::int64_t length);
  void Sync();
  std::int64_t Length() const;

  /// The one shadow of a path in this process; made from the file's content when new.
  static std::shared_ptr<ShadowFile> Of(const std::string& path, std::uint64_t seed);
  static void Forget(const std::string& path);

 private:
  void PutThrough(std::size_t begin, std::size_t end);

  std::string path_;
  int file_;
  mutable std::mutex mutex_;
  std::string content_;
  std::map<std::size_t, std::size_t> unsynced_;  // begin -> end
  bool is_truncated_ = false;
  std::mt19937_64 chance_;
};

}  // namespace outpost::sql_testing
