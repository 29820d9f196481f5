#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_set>
#include <utility>
#include <vector>

namespace outpost::people::detail {

/// A few threads of low priority for slow password checks, with a short queue.
///
/// What is asked for an account that had a wrong password lately is doubtful, and so is what is
/// asked for it while it waits already: it gets one turn in four while others wait, and gives up
/// its place first when the queue is full. Apart from that addresses share the queue fairly: they
/// are served in turn, and when it is full the address that waits with most gives up its newest
/// place to one that waits with fewer. A flood of wrong passwords so keeps neither other places
/// out, nor the other accounts of the place where it comes from.
class HashingPool {
 public:
  /// Exactly one of the two is called, once: run on a hashing thread, refuse on the thread that
  /// submits or stops.
  struct Job {
    std::function<void()> run;
    std::function<void()> refuse;
    std::string account;
    bool is_doubtful = false;
  };

  HashingPool(int threads, std::size_t queue_max);
  /// Stop().
  ~HashingPool();

  void Submit(const std::string& address, Job job);
  /// Refuses what waits and ends the threads; what is submitted later is refused.
  void Stop();
  std::size_t waiting() const;
  /// About how many jobs would be served before one that came now.
  std::size_t Ahead(bool is_doubtful) const;

 private:
  using Lane = std::pair<std::string, std::deque<Job>>;
  /// Lanes in the order in which they are served next; none is empty.
  struct Lanes {
    std::list<Lane> list;
    std::size_t waiting = 0;
  };

  struct Place {
    Lanes* lanes = nullptr;
    std::list<Lane>::iterator lane;
  };

  void Work();
  Job TakeNext();
  static std::list<Lane>::iterator FindLane(Lanes& lanes, const std::string& address);
  /// The lane that has to give up its newest job to one more of this address, if any.
  std::optional<Place> FindVictim(const std::string& address, bool is_doubtful);
  /// @returns how to refuse the job that was taken.
  std::function<void()> TakeNewest(Place place);
  std::size_t Waiting() const { return fresh_.waiting + doubtful_.waiting; }

  const std::size_t queue_max_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Lanes fresh_;
  Lanes doubtful_;
  std::unordered_set<std::string> fresh_accounts_;  // each has one job in fresh_
  int fresh_in_a_row_ = 0;
  bool is_stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace outpost::people::detail
