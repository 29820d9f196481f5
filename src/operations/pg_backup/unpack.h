#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "operations/backup/files.h"

/// Unpacks the tar stream of a base (POSIX.1-1988 ustar, as pg_basebackup writes it) while it comes
/// in. It makes plain files and folders below one folder and nothing else: a name that leads out, a
/// link or any other kind of entry is refused.
namespace outpost::pg_backup {

/// Threads: one at a time.
class Unpacker {
 public:
  /// `folder` is absent or empty; made with mode 0700.
  explicit Unpacker(std::filesystem::path folder);

  /// The next piece, of any length.
  /// @throws Problem kUnprocessable when it is no such stream, kStorageFull
  void Take(std::string_view piece);
  /// @throws Problem kUnprocessable when the stream ended too early
  void Finish();

  std::int64_t files() const { return files_; }

 private:
  void TakeHead();
  void Begin(const std::string& name, char kind, std::int64_t bytes);
  std::size_t TakeBody(std::string_view piece);

  const std::filesystem::path folder_;
  std::string head_;         // of the entry that begins, until it is whole
  backup::Descriptor file_;  // of the entry that is being read
  std::filesystem::path path_;
  std::int64_t left_ = 0, padding_ = 0;  // bytes of that entry
  std::int64_t files_ = 0;
  int empty_blocks_ = 0;
};

}  // namespace outpost::pg_backup
