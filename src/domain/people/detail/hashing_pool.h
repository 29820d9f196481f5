#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace outpost::people::detail {

/// A few threads of low priority for slow password checks, with a short queue that addresses share
/// fairly: they are served in turn, and when the queue is full the address that waits with most
/// gives up its newest place to one that waits with fewer. A flood of wrong passwords from one
/// place so does not keep the others out.
class HashingPool {
 public:
  /// Exactly one of the two is called, once: run on a hashing thread, refuse on the thread that
  /// submits or stops.
  struct Job {
    std::function<void()> run;
    std::function<void()> refuse;
  };

  HashingPool(int threads, std::size_t queue_max);
  /// Stop().
  ~HashingPool();

  void Submit(const std::string& address, Job job);
  /// Refuses what waits and ends the threads; what is submitted later is refused.
  void Stop();
  std::size_t waiting() const;

 private:
  using Lane = std::pair<std::string, std::deque<Job>>;

  void Work();
  /// Makes room by taking the newest job of the longest lane; empty when the asking lane is it.
  std::function<void()> MakeRoom(std::size_t asking_length);

  const std::size_t queue_max_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::list<Lane> lanes_;  // in the order in which they are served next; none is empty
  std::size_t waiting_ = 0;
  bool is_stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace outpost::people::detail
