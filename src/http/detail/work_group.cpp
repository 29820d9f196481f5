#include "http/detail/work_group.h"

namespace outpost::http::detail {

WorkGroup::WorkGroup(int threads, std::size_t queue_max, const ProblemRenderer& renderer)
    : thread_count_(threads), queue_max_(queue_max), renderer_(renderer) {}

WorkGroup::~WorkGroup() { Stop(); }

void WorkGroup::Start() {
  for (int i = 0; i < thread_count_; ++i) threads_.emplace_back([this] { Work(); });
}

bool WorkGroup::TryPush(std::shared_ptr<Exchange> exchange) {
  bool must_wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (is_stopping_ || queue_.size() >= queue_max_) return false;
    queue_.push_back(std::move(exchange));
    // Busy workers look at the queue by themselves: waking costs a system call.
    must_wake = idle_ > 0;
  }
  if (must_wake) has_work_.notify_one();
  return true;
}

void WorkGroup::Stop() {
  std::deque<std::shared_ptr<Exchange>> forgotten;
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    forgotten.swap(queue_);
  }
  has_work_.notify_all();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

void WorkGroup::Work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    has_work_.wait(lock, [this] { return is_stopping_ || !queue_.empty(); });
    --idle_;
    if (is_stopping_) return;
    const auto exchange = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    exchange->Run(renderer_);
    lock.lock();
  }
}

}  // namespace outpost::http::detail
