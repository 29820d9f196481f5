#pragma once

#include <cstdint>
#include <filesystem>

#include "base/disk_gate.h"

/// A file that takes room for nothing, so that there is room to work with when the disk is full
/// (operations document 4.4): checkpoints, housekeeping and operators go on, while forms are
/// refused with 503 as before.
namespace outpost::tasks {

struct ReserveLimits {
  std::int64_t bytes = std::int64_t{1} << 30;  // 0: no reserve
  /// Below this share of the disk, or below so many bytes, the reserve is given up.
  double give_up_share = 0.02;
  std::int64_t give_up_bytes = std::int64_t{200} << 20;
};

enum class ReserveStep : std::uint8_t { kNothing, kGiveUp, kMake };

/// It is made when the disk has room for it five times over, so that it is never what fills the
/// disk.
ReserveStep NextStep(const DiskRoom& room, bool has_reserve, const ReserveLimits& limits);

/// Looks at the disk of `file` and does the step. @returns what was done; logged as an error when
/// the reserve was given up. @throws Problem when the disk cannot be looked at
ReserveStep TendReserve(const std::filesystem::path& file, const ReserveLimits& limits);

}  // namespace outpost::tasks
