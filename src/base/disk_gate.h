#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>

/// Refuses what would fill the disk before any write can fail half way (operations document 4.5):
/// first what can wait (imports, uploads), then forms, which phones keep and send again. Reads and
/// restores go on.
namespace outpost {

struct DiskRoom {
  std::int64_t capacity = 0, free = 0;  // bytes
};
/// @throws Problem kInternal when the folder's disk cannot be looked at
DiskRoom RoomOf(const std::filesystem::path& folder);

enum class DiskLevel : std::uint8_t { kAmple, kLow, kFull };

/// Below the smaller of a share of the disk and so many bytes.
struct DiskLimits {
  double low_share = 0.05, full_share = 0.02;
  std::int64_t low_bytes = std::int64_t{5} << 30, full_bytes = std::int64_t{2} << 30;
};

/// A level is left only with a tenth more than its limit free, so that it does not flutter.
DiskLevel LevelOf(const DiskRoom& room, DiskLevel before, const DiskLimits& limits);

/// Threads: Require from any, Look from one.
class DiskGate {
 public:
  using Measure = std::function<DiskRoom()>;
  /// Looks at once.
  DiskGate(DiskLimits limits, Measure measure);

  /// Again; logged when the level changes.
  void Look();
  DiskLevel level() const { return level_; }
  /// @throws Problem kStorageFull when there is too little for imports and uploads, or for forms
  void RequireForUploads() const;
  void RequireForForms() const;

 private:
  const DiskLimits limits_;
  const Measure measure_;
  std::atomic<DiskLevel> level_{DiskLevel::kAmple};
};

}  // namespace outpost
