#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "operations/backup/detail/log_file.h"
#include "operations/backup/parcel.h"

/// How far a series of segments is, kept in the spool folder so that it goes on after a restart.
namespace outpost::backup::detail {

/// What the database file looked like when a server had stopped in peace.
struct FileFacts {
  std::int64_t bytes = 0, changed_nanos = 0, inode = 0;
  friend bool operator==(const FileFacts&, const FileFacts&) = default;
};
std::optional<FileFacts> FactsOf(const std::filesystem::path& file);

struct ShipState {
  DatabaseId database{};
  SeriesId series{};
  std::int64_t next_number = 0;
  Check previous{};
  std::optional<LogPlace> place;  // packed up to here
  std::int64_t last_seq = 0;
  Instant last_at;
  std::int64_t life_begins_in = 0;   // number of the segment with the first frame of that life
  std::optional<FileFacts> at_rest;  // set by a server that stopped with everything packed
  bool has_base = false;             // a whole base of this series is at the destination
};

/// Empty when there is none, or it is damaged.
std::optional<ShipState> LoadState(const std::filesystem::path& spool);
void SaveState(const std::filesystem::path& spool, const ShipState& state);

/// A file in the spool: since the state was written, another process may have written to the
/// database.
inline constexpr const char* kOtherWriter = "other-writer";

/// Whether the log on disk goes on where the state and the copies after it end, so that no commit
/// is missing in between. `end` is the end of the last copy, or the state's own place.
bool GoesOn(const ShipState& state, const std::optional<LogPlace>& end,
            const std::filesystem::path& database_file, const std::filesystem::path& log,
            bool had_other_writer);

}  // namespace outpost::backup::detail
