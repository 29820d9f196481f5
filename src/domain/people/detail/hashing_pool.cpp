#include "domain/people/detail/hashing_pool.h"

#include <sys/resource.h>

#include <algorithm>
#include <exception>

#include "base/log.h"

namespace outpost::people::detail {
namespace {

// Requests whose credential is known go first on a busy machine.
constexpr int kNiceness = 5;

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
    auto lane = std::find_if(lanes_.begin(), lanes_.end(),
                             [&](const Lane& other) { return other.first == address; });
    bool has_room = !is_stopping_ && waiting_ < queue_max_;
    if (!is_stopping_ && !has_room) {
      refuse = MakeRoom(lane == lanes_.end() ? 0 : lane->second.size());
      has_room = refuse != nullptr;
    }
    if (has_room) {
      // MakeRoom took from another lane, which has at least one job left: this one is still there.
      if (lane == lanes_.end()) lane = lanes_.insert(lanes_.end(), Lane{address, {}});
      lane->second.push_back(std::move(job));
      ++waiting_;
      changed_.notify_one();
    } else {
      refuse = std::move(job.refuse);
    }
  }
  if (refuse) refuse();
}

std::function<void()> HashingPool::MakeRoom(std::size_t asking_length) {
  const auto longest = std::max_element(
      lanes_.begin(), lanes_.end(),
      [](const Lane& a, const Lane& b) { return a.second.size() < b.second.size(); });
  if (longest == lanes_.end() || longest->second.size() <= asking_length + 1) return nullptr;
  auto refuse = std::move(longest->second.back().refuse);
  longest->second.pop_back();
  --waiting_;
  return refuse;
}

void HashingPool::Work() {
  // On Linux this is the priority of the calling thread. Not being allowed to is no harm.
  (void)::setpriority(PRIO_PROCESS, 0, kNiceness);
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return is_stopping_ || !lanes_.empty(); });
    if (is_stopping_) return;
    const auto lane = lanes_.begin();
    Job job = std::move(lane->second.front());
    lane->second.pop_front();
    --waiting_;
    if (lane->second.empty()) {
      lanes_.erase(lane);
    } else {
      lanes_.splice(lanes_.end(), lanes_, lane);
    }
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
    left.swap(lanes_);
    waiting_ = 0;
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
  return waiting_;
}

}  // namespace outpost::people::detail
