#include "services/mobile/receiver/waiting_room.h"

#include <chrono>
#include <utility>

#include "base/clock.h"

namespace outpost::mobile {

WaitingRoom::~WaitingRoom() { Close(); }

bool WaitingRoom::RunAt(std::int64_t at_micros, std::function<void()> run) {
  const std::lock_guard lock(mutex_);
  if (is_closed_ || waiting_.size() >= kWaitingMax) return false;
  while (threads_.size() < kThreads) threads_.emplace_back([this] { Work(); });
  waiting_.emplace(at_micros, std::move(run));
  changed_.notify_one();
  return true;
}

void WaitingRoom::Work() {
  std::unique_lock lock(mutex_);
  while (!is_closed_) {
    if (waiting_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const auto wait = waiting_.begin()->first - SteadyMicros();
    if (wait > 0) {
      changed_.wait_for(lock, std::chrono::microseconds(wait));
      continue;
    }
    auto run = std::move(waiting_.extract(waiting_.begin()).mapped());
    // The other thread may be asleep until the time of this one.
    if (!waiting_.empty()) changed_.notify_one();
    lock.unlock();
    run();
    run = nullptr;
    lock.lock();
  }
}

void WaitingRoom::Close() {
  std::multimap<std::int64_t, std::function<void()>> forgotten;
  {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
    forgotten.swap(waiting_);
  }
  changed_.notify_all();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace outpost::mobile
