#include "base/timer.h"

#include <chrono>
#include <exception>
#include <utility>

#include "base/clock.h"
#include "base/log.h"

namespace outpost {

Timer::~Timer() { Close(); }

bool Timer::RunAt(std::int64_t at_micros, std::function<void()> run, std::function<void()> drop) {
  const std::lock_guard lock(mutex_);
  if (is_closed_ || waiting_.size() >= waiting_max_) return false;
  while (threads_.size() < threads_wanted_) threads_.emplace_back([this] { Work(); });
  waiting_.emplace(at_micros, Entry{std::move(run), std::move(drop)});
  changed_.notify_one();
  return true;
}

void Timer::Work() {
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
    auto entry = std::move(waiting_.extract(waiting_.begin()).mapped());
    // Another thread may be asleep until the time of this one.
    if (!waiting_.empty()) changed_.notify_one();
    lock.unlock();
    try {
      entry.run();
    } catch (const std::exception& failure) {
      Log(LogLevel::kError, "timer.failed", {{"what", failure.what()}});
    }
    entry = {};
    lock.lock();
  }
}

void Timer::Close() {
  decltype(waiting_) dropped;
  {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
    dropped.swap(waiting_);
  }
  changed_.notify_all();
  for (auto& [at, entry] : dropped) {
    if (entry.drop) entry.drop();
  }
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace outpost
