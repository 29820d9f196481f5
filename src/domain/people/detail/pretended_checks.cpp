#include "domain/people/detail/pretended_checks.h"

#include <chrono>
#include <exception>
#include <utility>

#include "base/clock.h"
#include "base/log.h"

namespace outpost::people::detail {

PretendedChecks::PretendedChecks(std::size_t waiting_max)
    : waiting_max_(waiting_max), thread_([this] { Work(); }) {}

PretendedChecks::~PretendedChecks() { Stop(); }

void PretendedChecks::Submit(std::int64_t micros, HashingPool::Job job) {
  {
    const std::lock_guard lock(mutex_);
    if (!is_stopping_ && by_due_.size() < waiting_max_) {
      by_due_.emplace(SteadyMicros() + micros, std::move(job));
      changed_.notify_one();
      return;
    }
  }
  job.refuse();
}

void PretendedChecks::Work() {
  std::unique_lock lock(mutex_);
  while (!is_stopping_) {
    if (by_due_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const auto left = by_due_.begin()->first - SteadyMicros();
    if (left > 0) {
      changed_.wait_for(lock, std::chrono::microseconds(left));
      continue;
    }
    auto job = std::move(by_due_.extract(by_due_.begin()).mapped());
    lock.unlock();
    try {
      job.run();
    } catch (const std::exception& failure) {
      Log(LogLevel::kError, "auth.callback_failed", {{"what", failure.what()}});
    }
    job = {};
    lock.lock();
  }
}

void PretendedChecks::Stop() {
  decltype(by_due_) left;
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    left.swap(by_due_);
    changed_.notify_all();
  }
  for (auto& [due, job] : left) job.refuse();
  if (thread_.joinable()) thread_.join();
}

}  // namespace outpost::people::detail
