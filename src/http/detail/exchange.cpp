#include "http/detail/exchange.h"

#include <exception>

#include "base/clock.h"
#include "base/log.h"
#include "base/problem.h"
#include "http/detail/answer.h"

namespace outpost::http::detail {
namespace {

/// What this thread is running just now, to tell a responder that dies in a throw (the catch below
/// answers) from one that was forgotten.
thread_local const Exchange* running = nullptr;

}  // namespace

void Inbox::Push(std::shared_ptr<Exchange> exchange) {
  const std::lock_guard lock(mutex_);
  if (!wake_) return;
  waiting_.push_back(std::move(exchange));
  if (waiting_.size() == 1) wake_();
}

std::vector<std::shared_ptr<Exchange>> Inbox::TakeAll() {
  const std::lock_guard lock(mutex_);
  return std::exchange(waiting_, {});
}

void Inbox::Close() {
  const std::lock_guard lock(mutex_);
  wake_ = nullptr;
  waiting_.clear();
}

void Exchange::Answer(Response&& answer) {
  if (running == this && std::uncaught_exceptions() > 0) return;
  if (is_answered.exchange(true)) {
    Log(LogLevel::kError, "http.answered_twice", {{"id", request.id}});
    return;
  }
  response = std::move(answer);
  if (accepts_gzip) CompressIfWorthwhile(response);
  inbox->Push(shared_from_this());
}

void Exchange::Run(
    const std::function<Response(const Request&, const std::exception_ptr&)>& renderer) {
  started_micros = SteadyMicros();
  running = this;
  try {
    Responder responder(
        [self = shared_from_this()](Response&& answer) { self->Answer(std::move(answer)); });
    route->handler(request, std::move(responder));
  } catch (...) {
    running = nullptr;
    Answer(RenderFailure(request, std::current_exception(), renderer));
  }
  running = nullptr;
}

}  // namespace outpost::http::detail
