#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace outpost::mobile {

/// Runs things at their time on threads of its own, so that no worker waits with them. What is run
/// there throws nothing. Threads: any.
class WaitingRoom {
 public:
  /// So many wait at most: with each waits a request.
  static constexpr std::size_t kWaitingMax = 1'000;

  ~WaitingRoom();

  /// `at` is of the steady clock. False when the room is full or closed.
  bool RunAt(std::int64_t at_micros, std::function<void()> run);
  /// Forgets what waits; returns when what runs has ended.
  void Close();

 private:
  /// Two: one large form that is read does not keep the others waiting.
  static constexpr std::size_t kThreads = 2;
  void Work();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::multimap<std::int64_t, std::function<void()>> waiting_;
  std::vector<std::thread> threads_;  // started when the first one waits
  bool is_closed_ = false;
};

}  // namespace outpost::mobile
