#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "http/detail/exchange.h"
#include "http/server.h"

namespace outpost::http::detail {

/// Threads that run handlers, and the bounded queue in front of them.
class WorkGroup {
 public:
  WorkGroup(int threads, std::size_t queue_max, const ProblemRenderer& renderer);
  ~WorkGroup();

  void Start();
  /// False when the queue is full or the group has stopped. Never blocks.
  bool TryPush(std::shared_ptr<Exchange> exchange);
  /// Forgets what waits, and returns when what runs has ended.
  void Stop();

 private:
  void Work();

  const int thread_count_;
  const std::size_t queue_max_;
  const ProblemRenderer& renderer_;
  std::mutex mutex_;
  std::condition_variable has_work_;
  std::deque<std::shared_ptr<Exchange>> queue_;
  int idle_ = 0;
  bool is_stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace outpost::http::detail
