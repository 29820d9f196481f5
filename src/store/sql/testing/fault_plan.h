#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What goes wrong, and when, in the files below SQLite. Written as words separated by commas:
///
///   write:7:EIO      the 7th write fails once; also read, open, sync, truncate
///   write:7+:EIO     the 7th and every later one
///   full:1048576     after files have grown by so many bytes, growing fails: the disk is full
///   drop-unsynced    what was not synced is lost when the process dies, but for random pieces
///   seed:42          of those pieces
///
/// Errors are EIO (the I/O error that belongs to the call) and ENOSPC.
namespace outpost::sql_testing {

enum class FileCall : std::uint8_t { kOpen, kRead, kWrite, kSync, kTruncate };
inline constexpr std::size_t kFileCallKinds = 5;

struct PlannedFault {
  FileCall call = FileCall::kWrite;
  std::uint64_t at = 0;  // counted from 1
  bool is_lasting = false;
  bool is_full = false;  // ENOSPC rather than EIO
};

struct FaultPlan {
  std::vector<PlannedFault> faults;
  std::optional<std::int64_t> growth_bytes_max;
  bool drops_unsynced = false;
  std::uint64_t seed = 1;
};

/// @throws std::invalid_argument naming the word that is wrong
FaultPlan ParseFaultPlan(std::string_view text);

}  // namespace outpost::sql_testing
