#include "http/detail/session.h"

#include <boost/asio/post.hpp>
#include <utility>

#include "base/clock.h"

namespace outpost::http::detail {

namespace asio = boost::asio;

namespace {

/// What a session may keep of an emptied buffer while it waits for its next request.
constexpr std::size_t kIdleBufferBytesMax = 4 * 1024;
/// A connection that is closing anyway does not hold up a stop for longer.
constexpr std::int64_t kStoppingLingerMicros = 500'000;

std::int64_t MicrosOf(std::chrono::seconds seconds) {
  return std::chrono::microseconds(seconds).count();
}

}  // namespace

Session::Session(Loop& loop, int socket, std::unique_ptr<Transport> transport, Peer peer)
    : loop_(loop),
      core_(loop.core()),
      socket_(loop.context(), socket),
      transport_(std::move(transport)),
      peer_(std::move(peer)) {}

void Session::Start(std::list<std::shared_ptr<Session>>::iterator place) {
  place_ = place;
  deadline_ = SteadyMicros() + MicrosOf(core_.options.limits.head_time);
  Run();
}

void Session::Run() {
  if (phase_ == Phase::kClosed) return;
  Next next = Next::kGoOn;
  while (next == Next::kGoOn) next = Step();
  if (next == Next::kClose) {
    Close();
  } else {
    WaitFor(next);
  }
}

Session::Next Session::Step() {
  switch (phase_) {
    case Phase::kHandshake:
      return HandshakeStep();
    case Phase::kHead:
      return HeadStep();
    case Phase::kBody:
      return BodyStep();
    case Phase::kHandling:
      return Next::kWaitForAnswer;
    case Phase::kWriting:
      return WriteStep();
    case Phase::kLingering:
      return LingerStep();
    case Phase::kClosed:
      return Next::kClose;
  }
  return Next::kClose;
}

void Session::WaitFor(Next what) {
  Stash();
  const std::uint64_t serial = ++wait_serial_;
  if (what == Next::kWaitForAnswer) return;
  if (what == Next::kYield) {
    asio::post(loop_.context(), [self = shared_from_this(), serial] { self->OnReady(serial, {}); });
    return;
  }
  const auto kind = what == Next::kWaitToRead ? asio::posix::stream_descriptor::wait_read
                                              : asio::posix::stream_descriptor::wait_write;
  socket_.async_wait(kind,
                     [self = shared_from_this(), serial](const boost::system::error_code& error) {
                       self->OnReady(serial, error);
                     });
}

void Session::OnReady(std::uint64_t serial, const boost::system::error_code& error) {
  if (serial != wait_serial_ || phase_ == Phase::kClosed) return;
  if (error) {
    Close();
  } else {
    Run();
  }
}

void Session::OnAnswer(const std::shared_ptr<Exchange>& exchange) {
  if (exchange != exchange_) return;
  const bool is_first = phase_ == Phase::kHandling;
  if (!is_first && !std::exchange(is_waiting_for_more_, false)) return;
  if (is_first) BeginAnswer();
  Run();
}

void Session::OnTick(std::int64_t now) {
  if (deadline_ != 0 && now >= deadline_) OnDeadline();
}

void Session::OnDeadline() {
  const bool is_in_head = phase_ == Phase::kHead && exchange_ != nullptr;
  if (!is_in_head && phase_ != Phase::kBody) {
    Close();
    return;
  }
  boost::system::error_code ignored;
  socket_.cancel(ignored);
  Refuse(Problem(ProblemKind::kRequestTimeout, "The request did not arrive in time."));
  Run();
}

void Session::OnStopping() {
  if (phase_ == Phase::kHandshake || (phase_ == Phase::kHead && exchange_ == nullptr)) {
    Close();
  } else if (phase_ == Phase::kLingering) {
    deadline_ = std::min(deadline_, SteadyMicros() + kStoppingLingerMicros);
  }
}

void Session::Close() {
  if (phase_ == Phase::kClosed) return;
  const bool had_answer = phase_ == Phase::kWriting;
  phase_ = Phase::kClosed;
  if (had_answer) LogRequest(false);
  boost::system::error_code ignored;
  socket_.close(ignored);
  exchange_.reset();
  sink_.reset();
  core_.CountConnection(false);
  loop_.Remove(place_);
}

Session::Next Session::HandshakeStep() {
  switch (transport_->Handshake()) {
    case IoState::kDone:
      phase_ = Phase::kHead;
      deadline_ = SteadyMicros() + MicrosOf(core_.options.limits.idle_time);
      return Next::kGoOn;
    case IoState::kWantRead:
      return Next::kWaitToRead;
    case IoState::kWantWrite:
      return Next::kWaitToWrite;
    default:
      return Next::kClose;
  }
}

IoResult Session::Fill() {
  Stash();
  auto& scratch = loop_.scratch();
  const IoResult io = transport_->Read(scratch.data(), scratch.size());
  if (io.state != IoState::kDone) return io;
  if (unread_.empty()) {
    unread_ = {scratch.data(), io.bytes};
    is_unread_in_scratch_ = true;
  } else {
    pending_.append(scratch.data(), io.bytes);
    unread_ = pending_;
  }
  return io;
}

void Session::Stash() {
  if (unread_.empty()) {
    pending_.clear();
    if (pending_.capacity() > kIdleBufferBytesMax) pending_.shrink_to_fit();
  } else if (is_unread_in_scratch_) {
    pending_.assign(unread_);
  } else {
    pending_.erase(0, static_cast<std::size_t>(unread_.data() - pending_.data()));
  }
  is_unread_in_scratch_ = false;
  unread_ = pending_;
}

}  // namespace outpost::http::detail
