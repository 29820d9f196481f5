#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "operations/backup/catalogue.h"
#include "operations/backup/destination.h"
#include "operations/backup/keys.h"
#include "operations/backup/manifest.h"
#include "operations/backup/parcel.h"

/// A database file that is put together: a base, then the segments behind it, one after the other.
/// A restore does so once, a standby for as long as it lives.
namespace outpost::backup {

namespace detail {
class PageFile;
}

/// How far a file is put together: behind a segment that left no commit open.
struct ReplayPlace {
  DatabaseId database{};
  SeriesId base{}, log{};
  std::string generation;         // of the database that was backed up
  std::int64_t whole_from = 0;    // the file is a database once the segment before this is in it
  std::int64_t next_segment = 0;  // the one that follows
  bool has_segments = false;      // one at least is in it, and `previous` is its check
  Check previous{};
  std::int64_t pages = 0;
  std::int64_t seq = 0;  // newest position in it
  Instant at;            // moment of the newest commit in it

  bool is_whole() const { return next_segment >= whole_from; }
};

/// Threads: one at a time. What does not fit is a Problem kUnprocessable that names the parcel; the
/// file is then no database any more, unless Keep's place is gone on from.
class Replay {
 public:
  using Progress = std::function<void(std::int64_t done, std::int64_t all)>;  // pages; may throw

  /// Lays down the base. `file` is absent.
  Replay(const Destination& destination, const BackupKey& key, const BaseManifest& base,
         const std::filesystem::path& file, const Progress& progress);
  /// Goes on with the file that another one left; all segments behind `place` are applied again.
  Replay(const Destination& destination, const BackupKey& key, const ReplayPlace& place,
         const std::filesystem::path& file);
  Replay(Replay&&) noexcept;
  Replay& operator=(Replay&&) = delete;
  ~Replay();

  /// The next segment, up to the target. False when the target ends within it: that was the last.
  bool Apply(const SegmentEntry& entry, const RestoreTarget& target = {});
  const ReplayPlace& place() const { return place_; }
  /// Forces what was applied to the disk. @returns from where another one can go on
  const ReplayPlace& Keep();
  /// Cuts the file to the size of its last commit and forces it to the disk. @returns its pages
  std::int64_t Finish();

 private:
  const Destination* destination_;
  const BackupKey* key_;
  std::unique_ptr<detail::PageFile> file_;
  ReplayPlace place_, kept_;
};

}  // namespace outpost::backup
