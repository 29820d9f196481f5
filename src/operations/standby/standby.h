#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/data_folder.h"
#include "base/metrics.h"

/// A second server that holds what the first one ships (operations/backup), ready to go on in its
/// place (operations document 4.4).
///
///   destination ─base, segments─► DATA/standby.db, behind by about a second
///               ─blobs──────────► DATA/blobs
///   promotion: the rest of the segments and blobs, another generation, the name outpost.db
namespace outpost::standby {

struct StandbyOptions {
  std::string where;  // the destination that the other server ships to
  std::filesystem::path key_file;
  DataPaths paths;  // of this standby; no server's
  /// Between two looks at the destination.
  std::chrono::milliseconds pause{250};
  /// Nothing came for so long: perhaps the other server began another series.
  std::chrono::milliseconds quiet{30'000};
};

struct StandbyStatus {
  std::string where;
  bool is_whole = false;    // there is a database that could go on
  std::int64_t seq = 0;     // newest position here
  std::int64_t at = 0;      // its moment, in microseconds since 1970
  std::int64_t looked = 0;  // when everything at the destination was last here, likewise
  std::int64_t segments = 0;
  /// From a commit on the first server to its arrival here, by the newest commit of each segment:
  /// the latest one and the longest since the start. Clocks of the two machines count.
  std::int64_t lag_micros = 0, longest_lag_micros = 0;
  std::int64_t base_done = 0, base_all = 0;  // pages, while a base is laid down
  std::string trouble;                       // what keeps it from following just now
};

struct Promoted {
  std::int64_t seq = 0;
  std::int64_t at = 0;  // moment of the newest commit, microseconds
  std::int64_t micros = 0;
  std::int64_t files = 0;
  std::vector<std::string> missing_files;
  /// What the operator must know: the destination was away, so newer commits may lie there.
  std::string warning;
};

/// Follows on a thread of its own. Threads: any, one promotion.
class Standby {
 public:
  /// All must outlive it; the data folder is locked by the caller.
  /// @throws Problem kConflict when the folder is a server's, kForbidden when the key cannot open
  Standby(StandbyOptions options, const Clock& clock, MetricRegistry& metrics);
  ~Standby();

  StandbyStatus Status() const;
  /// Takes what is still there, then makes the folder a server's. Nothing follows afterwards.
  /// @throws Problem kConflict when there is no whole database yet
  Promoted Promote();
  void Stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace outpost::standby
