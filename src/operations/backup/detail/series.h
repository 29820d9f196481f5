#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "operations/backup/destination.h"
#include "operations/backup/detail/packer.h"
#include "operations/backup/detail/ship_state.h"
#include "operations/backup/keys.h"
#include "operations/backup/layout.h"

/// A series of segments without gaps, in the spool folder.
namespace outpost::backup::detail {

/// A sealed segment in the spool.
struct Waiting {
  std::filesystem::path file;
  LogName name;
  std::int64_t bytes = 0;
  std::vector<std::string> blobs;  // must be at the destination before it
};

/// Threads: one at a time.
class Series {
 public:
  /// Goes on with the series that a process before left in the spool, when nothing is missing;
  /// else begins one and removes the copies that no series needs. Segments of either that wait are
  /// in waiting().
  Series(const std::filesystem::path& spool, BackupKey key, const DatabaseId& database,
         const std::filesystem::path& database_file, const Destination& destination);

  const ShipState& state() const { return state_; }
  bool goes_on() const { return goes_on_; }
  std::vector<Waiting>& waiting() { return waiting_; }

  /// Seals and spools stretches that follow each other, in as few segments as hold them, then moves
  /// the state behind them. When it throws nothing has moved.
  std::vector<Waiting> Add(std::vector<Stretch>& stretches);
  void NoteBase();
  /// The server has stopped with all packed.
  void NoteRest(const std::filesystem::path& database_file);

 private:
  void FindWaiting();
  Waiting Spool(ShipState& next, LogSegment segment);

  const std::filesystem::path spool_;
  const BackupKey key_;
  ShipState state_;
  bool goes_on_ = false;
  std::vector<Waiting> waiting_;
};

}  // namespace outpost::backup::detail
