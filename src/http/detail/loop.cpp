#include "http/detail/loop.h"

#include <pthread.h>
#include <signal.h>

#include <array>
#include <boost/asio/post.hpp>
#include <charconv>

#include "base/clock.h"
#include "base/ids.h"
#include "http/detail/session.h"

namespace outpost::http::detail {

namespace asio = boost::asio;

Loop::Loop(Core& core) : core_(core), scratch_(kReadBytes), id_prefix_(NewHexId().substr(0, 16)) {
  inbox_ = std::make_shared<Inbox>([this] { asio::post(context_, [this] { Deliver(); }); });
}

Loop::~Loop() { Stop(); }

void Loop::Start() {
  asio::post(context_, [this] { Tick(); });
  thread_ = std::thread([this] {
    // OpenSSL writes without MSG_NOSIGNAL: a peer that has left must not end the process.
    sigset_t broken_pipe;
    sigemptyset(&broken_pipe);
    sigaddset(&broken_pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
    context_.run();
  });
}

void Loop::Adopt(int socket, Peer peer) {
  asio::post(context_, [this, socket, peer = std::move(peer)]() mutable {
    auto transport =
        peer.is_tls ? core_.certificates->NewTransport(socket) : NewPlainTransport(socket);
    auto session = std::make_shared<Session>(*this, socket, std::move(transport), std::move(peer));
    sessions_.push_front(session);
    session->Start(sessions_.begin());
  });
}

template <class Action>
void Loop::ForEach(const Action& action) {
  for (auto next = sessions_.begin(); next != sessions_.end();) {
    const auto session = *next++;  // it may remove itself
    action(*session);
  }
}

void Loop::BeginStop() {
  asio::post(context_, [this] { ForEach([](Session& session) { session.OnStopping(); }); });
}

void Loop::Stop() {
  if (!thread_.joinable()) return;
  asio::post(context_, [this] {
    inbox_->Close();
    ForEach([](Session& session) { session.Close(); });
    tick_.cancel();
    context_.stop();
  });
  thread_.join();
}

void Loop::Remove(const std::list<std::shared_ptr<Session>>::iterator& place) {
  sessions_.erase(place);
}

void Loop::Deliver() {
  for (const auto& exchange : inbox_->TakeAll()) {
    if (const auto session = exchange->session.lock()) session->OnAnswer(exchange);
  }
}

void Loop::Tick() {
  const std::int64_t now = SteadyMicros();
  ForEach([now](Session& session) { session.OnTick(now); });
  tick_.expires_after(kTick);
  tick_.async_wait([this](const boost::system::error_code& error) {
    if (!error) Tick();
  });
}

const std::string& Loop::Date() {
  const Instant now = core_.clock.Now();
  const std::int64_t second = now.micros / kMicrosPerSecond;
  if (second != date_second_) {
    date_ = FormatHttpDate(now);
    date_second_ = second;
  }
  return date_;
}

std::string Loop::NewRequestId() {
  // Unique without asking the kernel for randomness each time.
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), ++ids_, 16);
  return id_prefix_ + '-' + std::string(digits.data(), end.ptr);
}

}  // namespace outpost::http::detail
