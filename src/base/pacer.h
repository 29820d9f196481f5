#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>

/// A limit on bytes a second, as a plan: who sends asks how long to wait before it does, and waits
/// by its own means.
namespace outpost {

/// Slower ones would take longer for a piece than a connection may be silent.
inline constexpr std::int64_t kPacedBytesPerSecondMin = 10'000;
/// What is asked for at once should not be more, or the line is taken in long gulps.
inline constexpr std::size_t kPacedPieceBytes = 16 * 1024;

/// Threads: any.
class Pacer {
 public:
  /// 0: no limit.
  explicit Pacer(std::int64_t bytes_per_second) : bytes_per_second_(bytes_per_second) {}

  std::int64_t bytes_per_second() const { return bytes_per_second_; }
  /// Half of it is used elsewhere, or not any more. Calls nest.
  void Lend() { ++lent_; }
  void TakeBack() { --lent_; }

  /// Microseconds after `now_micros` (of a clock that never jumps) at which these bytes may go.
  std::int64_t Reserve(std::int64_t bytes, std::int64_t now_micros);

 private:
  const std::int64_t bytes_per_second_;
  std::atomic<int> lent_{0};
  std::mutex mutex_;
  std::int64_t free_at_ = 0;  // when all that was reserved is gone
};

}  // namespace outpost
