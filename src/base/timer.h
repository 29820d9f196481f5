#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace outpost {

/// Runs things at their time on threads of its own, so that no worker waits with them. What is run
/// there should not throw; what it throws is logged. Threads: any.
class Timer {
 public:
  /// More than `waiting_max` at once are refused. The threads start when the first one waits; with
  /// two, one that takes long does not keep the others waiting.
  explicit Timer(std::size_t waiting_max, std::size_t threads = 1)
      : waiting_max_(waiting_max), threads_wanted_(threads) {}
  /// Close().
  ~Timer();

  /// `at_micros` is of the steady clock. `drop`, if any, is called in place of `run` when the timer
  /// is closed before. False, and neither is called, when it is full or closed.
  bool RunAt(std::int64_t at_micros, std::function<void()> run, std::function<void()> drop = {});
  /// Drops what waits; returns when what runs has ended. Not from what runs.
  void Close();

 private:
  struct Entry {
    std::function<void()> run, drop;
  };
  void Work();

  const std::size_t waiting_max_;
  const std::size_t threads_wanted_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::multimap<std::int64_t, Entry> waiting_;  // by their time
  std::vector<std::thread> threads_;
  bool is_closed_ = false;
};

}  // namespace outpost
