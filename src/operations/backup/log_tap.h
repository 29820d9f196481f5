#pragma once

#include <compare>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/instant.h"
#include "store/sql/database.h"

/// Where the writer tells about its commits and checkpoints, and whoever ships the log listens. It
/// costs nothing to speak of while nobody does.
namespace outpost::backup {

/// One life of SQLite's write-ahead log: from its first frame until it begins again.
struct LogLife {
  std::uint32_t salt1 = 0, salt2 = 0;
  friend auto operator<=>(const LogLife&, const LogLife&) = default;
};

struct CommitMark {
  LogLife life;
  std::int64_t frames = 0;  // of this life, with this commit
  std::int64_t seq = 0;     // newest position
  Instant at;               // the server's clock
};

/// Called on the writer's thread, one at a time; quick, and without exceptions.
class LogListener {
 public:
  virtual ~LogListener() = default;
  virtual void OnCommit(const CommitMark& mark) noexcept = 0;
  /// Frames up to this one may be overwritten once it returns.
  virtual void OnCheckpoint(const LogLife& life, std::int64_t frames) noexcept = 0;
  /// A blob that lies in a file becomes part of the next commit.
  virtual void OnKeepFile(const std::string& blob_id) noexcept = 0;
};

class LogTap {
 public:
  /// Before the Writer starts. Finds what an ended process left in the log. On PostgreSQL nothing
  /// is ever told.
  LogTap(sql::Database& database, std::filesystem::path database_file);
  ~LogTap();

  /// Blobs of this folder too; before forms come in.
  void Watch(const std::filesystem::path& blobs);

  /// `listener` is told the last commit at once, when the log holds one. Threads: any.
  void Attach(LogListener& listener);
  void Detach(LogListener& listener);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace outpost::backup
