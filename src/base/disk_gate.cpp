#include "base/disk_gate.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "base/log.h"
#include "base/problem.h"

namespace outpost {
namespace {

constexpr std::int64_t kLeaveTenths = 11;

std::int64_t LimitOf(const DiskRoom& room, double share, std::int64_t bytes) {
  return std::min(bytes, static_cast<std::int64_t>(static_cast<double>(room.capacity) * share));
}

bool IsBelow(const DiskRoom& room, std::int64_t limit, bool was_below) {
  return was_below ? room.free < limit / 10 * kLeaveTenths : room.free < limit;
}

std::string_view NameOf(DiskLevel level) {
  constexpr std::array<std::string_view, 3> kNames = {"ample", "low", "full"};
  return kNames.at(static_cast<std::size_t>(level));
}

}  // namespace

DiskRoom RoomOf(const std::filesystem::path& folder) {
  struct statvfs volume {};
  if (::statvfs(folder.c_str(), &volume) != 0) {
    throw Problem(ProblemKind::kInternal, "The disk of " + folder.string() +
                                              " cannot be looked at: " + std::strerror(errno));
  }
  const auto unit = static_cast<std::int64_t>(volume.f_frsize);
  return {static_cast<std::int64_t>(volume.f_blocks) * unit,
          static_cast<std::int64_t>(volume.f_bavail) * unit};
}

DiskLevel LevelOf(const DiskRoom& room, DiskLevel before, const DiskLimits& limits) {
  if (IsBelow(room, LimitOf(room, limits.full_share, limits.full_bytes),
              before == DiskLevel::kFull)) {
    return DiskLevel::kFull;
  }
  const bool is_low =
      IsBelow(room, LimitOf(room, limits.low_share, limits.low_bytes), before != DiskLevel::kAmple);
  return is_low ? DiskLevel::kLow : DiskLevel::kAmple;
}

DiskGate::DiskGate(DiskLimits limits, Measure measure)
    : limits_(limits), measure_(std::move(measure)) {
  Look();
}

void DiskGate::Look() {
  const auto room = measure_();
  const auto before = level_.load();
  const auto now = LevelOf(room, before, limits_);
  if (now == before) return;
  level_ = now;
  Log(now == DiskLevel::kFull ? LogLevel::kError : LogLevel::kWarning, "disk.level",
      {{"level", NameOf(now)}, {"before", NameOf(before)}, {"free_bytes", room.free}});
}

void DiskGate::RequireForUploads() const {
  if (level_ == DiskLevel::kAmple) return;
  throw Problem(ProblemKind::kStorageFull,
                "The server's disk is nearly full: nothing large is taken in. Ask its operator to "
                "make room.");
}

void DiskGate::RequireForForms() const {
  if (level_ != DiskLevel::kFull) return;
  throw Problem(ProblemKind::kStorageFull, "The server's disk is full. Please try again later.");
}

}  // namespace outpost
