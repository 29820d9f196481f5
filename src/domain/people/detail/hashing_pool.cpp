#include "domain/people/detail/hashing_pool.h"

#include <sys/resource.h>

#include <algorithm>
#include <exception>
#include <iterator>

#include "base/log.h"

namespace outpost::people::detail {
namespace {

// Requests whose credential is known go first on a busy machine.
constexpr int kNiceness = 5;
/// Then one doubtful job has its turn, so that who mistyped once is not kept waiting for ever.
constexpr int kFreshInARow = 3;

}  // namespace

HashingPool::HashingPool(int threads, std::size_t queue_max) : queue_max_(queue_max) {
  threads_.reserve(static_cast<std::size_t>(threads));
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

HashingPool::~HashingPool() { Stop(); }

void HashingPool::Submit(const std::string& address, Job job) {
  std::function<void()> refuse;
  {
    const std::lock_guard lock(mutex_);
    job.is_doubtful = job.is_doubtful || fresh_accounts_.contains(job.account);
    bool has_room = !is_stopping_ && Waiting() < queue_max_;
    if (!is_stopping_ && !has_room) {
      if (auto place = FindVictim(address, job.is_doubtful)) {
        refuse = TakeNewest(*place);
        has_room = true;
      }
    }
    if (has_room) {
      auto& lanes = job.is_doubtful ? doubtful_ : fresh_;
      if (!job.is_doubtful) fresh_accounts_.insert(job.account);
      auto lane = FindLane(lanes, address);
      if (lane == lanes.list.end()) lane = lanes.list.insert(lane, Lane{address, {}});
      lane->second.push_back(std::move(job));
      ++lanes.waiting;
      changed_.notify_one();
    } else {
      refuse = std::move(job.refuse);
    }
  }
  if (refuse) refuse();
}

std::list<HashingPool::Lane>::iterator HashingPool::FindLane(Lanes& lanes,
                                                             const std::string& address) {
  return std::find_if(lanes.list.begin(), lanes.list.end(),
                      [&](const Lane& lane) { return lane.first == address; });
}

std::optional<HashingPool::Place> HashingPool::FindVictim(const std::string& address,
                                                          bool is_doubtful) {
  const auto longest_of = [](Lanes& lanes) {
    return std::max_element(lanes.list.begin(), lanes.list.end(), [](const Lane& a, const Lane& b) {
      return a.second.size() < b.second.size();
    });
  };
  if (!is_doubtful && doubtful_.waiting > 0) return Place{&doubtful_, longest_of(doubtful_)};
  auto& lanes = is_doubtful ? doubtful_ : fresh_;
  const auto longest = longest_of(lanes);
  const auto own = FindLane(lanes, address);
  const auto own_length = own == lanes.list.end() ? 0 : own->second.size();
  if (longest == lanes.list.end() || longest->second.size() <= own_length + 1) return std::nullopt;
  return Place{&lanes, longest};
}

std::function<void()> HashingPool::TakeNewest(Place place) {
  auto& jobs = place.lane->second;
  auto refuse = std::move(jobs.back().refuse);
  if (!jobs.back().is_doubtful) fresh_accounts_.erase(jobs.back().account);
  jobs.pop_back();
  --place.lanes->waiting;
  if (jobs.empty()) place.lanes->list.erase(place.lane);
  return refuse;
}

HashingPool::Job HashingPool::TakeNext() {
  const bool is_fresh =
      fresh_.waiting > 0 && (doubtful_.waiting == 0 || fresh_in_a_row_ < kFreshInARow);
  fresh_in_a_row_ = is_fresh ? fresh_in_a_row_ + 1 : 0;
  auto& lanes = is_fresh ? fresh_ : doubtful_;
  const auto lane = lanes.list.begin();
  Job job = std::move(lane->second.front());
  if (is_fresh) fresh_accounts_.erase(job.account);
  lane->second.pop_front();
  --lanes.waiting;
  if (lane->second.empty()) {
    lanes.list.erase(lane);
  } else {
    lanes.list.splice(lanes.list.end(), lanes.list, lane);
  }
  return job;
}

void HashingPool::Work() {
  // On Linux this is the priority of the calling thread. Not being allowed to is no harm.
  (void)::setpriority(PRIO_PROCESS, 0, kNiceness);
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return is_stopping_ || Waiting() > 0; });
    if (is_stopping_) return;
    Job job = TakeNext();
    lock.unlock();
    try {
      job.run();
    } catch (const std::exception& failure) {
      // What the job held answers for itself when it is dropped; the thread serves the next one.
      Log(LogLevel::kError, "auth.callback_failed", {{"what", failure.what()}});
    }
    job = {};
    lock.lock();
  }
}

void HashingPool::Stop() {
  std::list<Lane> left;
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    left.splice(left.end(), fresh_.list);
    left.splice(left.end(), doubtful_.list);
    fresh_.waiting = doubtful_.waiting = 0;
    fresh_accounts_.clear();
    changed_.notify_all();
  }
  for (auto& lane : left) {
    for (auto& job : lane.second) job.refuse();
  }
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

std::size_t HashingPool::waiting() const {
  const std::lock_guard lock(mutex_);
  return Waiting();
}

std::size_t HashingPool::Ahead(bool is_doubtful) const {
  const std::lock_guard lock(mutex_);
  return is_doubtful ? Waiting() : fresh_.waiting + std::min<std::size_t>(doubtful_.waiting, 1);
}

}  // namespace outpost::people::detail
