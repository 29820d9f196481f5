#include "services/tasks/reserve.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "base/log.h"

namespace outpost::tasks {
namespace {

constexpr std::int64_t kTimesOver = 5;

/// Its blocks are taken, not only promised.
bool Make(const std::filesystem::path& file, std::int64_t bytes) {
  const int made = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (made < 0) return false;
  const bool is_whole = ::posix_fallocate(made, 0, bytes) == 0;
  ::close(made);
  if (!is_whole) ::unlink(file.c_str());
  return is_whole;
}

}  // namespace

ReserveStep NextStep(const DiskRoom& room, bool has_reserve, const ReserveLimits& limits) {
  const auto least = std::max(
      limits.give_up_bytes,
      static_cast<std::int64_t>(static_cast<double>(room.capacity) * limits.give_up_share));
  if (has_reserve) return room.free < least ? ReserveStep::kGiveUp : ReserveStep::kNothing;
  if (limits.bytes <= 0) return ReserveStep::kNothing;
  const auto enough = std::max(kTimesOver * limits.bytes, least + limits.bytes);
  return room.free >= enough ? ReserveStep::kMake : ReserveStep::kNothing;
}

ReserveStep TendReserve(const std::filesystem::path& file, const ReserveLimits& limits) {
  const auto room = RoomOf(file.parent_path());
  const auto step = NextStep(room, std::filesystem::exists(file), limits);
  if (step == ReserveStep::kGiveUp) {
    ::unlink(file.c_str());
    Log(LogLevel::kError, "disk.reserve_given_up", {{"free_bytes", room.free}});
  } else if (step == ReserveStep::kMake && Make(file, limits.bytes)) {
    Log(LogLevel::kInfo, "disk.reserve_made", {{"bytes", limits.bytes}});
  }
  return step;
}

}  // namespace outpost::tasks
