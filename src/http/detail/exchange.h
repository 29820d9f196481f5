#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "http/message.h"
#include "http/router.h"

namespace outpost::http::detail {

class Session;
struct Exchange;

/// Where answers wait for their I/O thread. Pushing is cheap and never blocks: one lock, and one
/// wake-up for all answers that arrive before the thread comes round. Outlives its loop in
/// exchanges that are answered late. Threads: any.
class Inbox {
 public:
  explicit Inbox(std::function<void()> wake) : wake_(std::move(wake)) {}

  void Push(std::shared_ptr<Exchange> exchange);
  std::vector<std::shared_ptr<Exchange>> TakeAll();
  /// The loop ends: what comes now is dropped.
  void Close();

 private:
  std::mutex mutex_;
  std::function<void()> wake_;  // empty: closed
  std::vector<std::shared_ptr<Exchange>> waiting_;
};

/// One request on its way to its answer.
struct Exchange : std::enable_shared_from_this<Exchange> {
  Request request;
  Response response;
  const Route* route = nullptr;
  std::size_t route_index = 0;
  bool accepts_gzip = false;
  std::weak_ptr<Session> session;
  std::shared_ptr<Inbox> inbox;
  std::int64_t queued_micros = 0;   // steady
  std::int64_t started_micros = 0;  // steady: a worker took it
  std::atomic<bool> is_answered{false};

  /// The first answer counts; a later one is logged and dropped. Compresses on this thread.
  void Answer(Response&& answer);
  /// Runs the route's handler and answers what it throws.
  void Run(const std::function<Response(const Request&, const std::exception_ptr&)>& renderer);
};

}  // namespace outpost::http::detail
