#include "operations/loadtest/detail/connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/clock.h"

namespace outpost::loadtest::detail {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;
/// Of a throttled connection, so that what it does not read is not in its kernel's hands either.
constexpr int kThrottledBufferBytes = 8 * 1024;

bool WouldBlock(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

struct Endpoint {
  sockaddr_storage address{};
  socklen_t length = 0;  // 0: not numeric
};

Endpoint EndpointOf(const std::string& address, std::uint16_t port) {
  Endpoint endpoint;
  auto& v4 = reinterpret_cast<sockaddr_in&>(endpoint.address);
  if (::inet_pton(AF_INET, address.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    endpoint.length = sizeof v4;
    return endpoint;
  }
  auto& v6 = reinterpret_cast<sockaddr_in6&>(endpoint.address);
  if (::inet_pton(AF_INET6, address.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    endpoint.length = sizeof v6;
  }
  return endpoint;
}

}  // namespace

bool Connection::Connect(const std::string& address, std::uint16_t port) {
  const auto endpoint = EndpointOf(address, port);
  if (endpoint.length == 0) return false;
  socket_ = ::socket(endpoint.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0) return false;
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (is_throttled()) {
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &kThrottledBufferBytes,
                 sizeof kThrottledBufferBytes);
  }
  const int code =
      ::connect(socket_, reinterpret_cast<const sockaddr*>(&endpoint.address), endpoint.length);
  if (code != 0 && errno != EINPROGRESS) {
    Close();
    return false;
  }
  state_ = State::kConnecting;
  return true;
}

void Connection::Close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
  state_ = State::kClosed;
}

Connection::Event Connection::Send(std::int64_t due, AnswerReader::Sink sink) {
  due_ = due;
  first_byte_ = last_byte_ = 0;
  pushed_ = 0;
  reading_since_ = SteadyMicros();
  read_since_ = 0;
  reader_.Reset(std::move(sink));
  state_ = State::kSending;
  return Push();
}

Connection::Event Connection::Push() {
  while (pushed_ < out_.size()) {
    const auto sent = ::send(socket_, out_.data() + pushed_, out_.size() - pushed_, MSG_NOSIGNAL);
    if (sent < 0) return WouldBlock(errno) ? Event::kNothing : Event::kLost;
    pushed_ += static_cast<std::size_t>(sent);
    bytes_sent_ += static_cast<std::uint64_t>(sent);
  }
  state_ = State::kAwaiting;
  return Event::kNothing;
}

std::size_t Connection::Allowance() const {
  if (!is_throttled()) return kReadBytes;
  constexpr std::int64_t kSecondMicros = 1'000'000;
  const auto allowed = (SteadyMicros() - reading_since_) * bytes_per_second_ / kSecondMicros;
  return static_cast<std::size_t>(
      std::clamp<std::int64_t>(allowed - read_since_, 0, std::int64_t{kReadBytes}));
}

Connection::Event Connection::Pull() {
  // Readiness is told once, so all that is there must be read.
  while (const auto allowed = Allowance()) {
    std::array<char, kReadBytes> bytes;
    const auto got = ::recv(socket_, bytes.data(), allowed, 0);
    if (got < 0) return WouldBlock(errno) ? Event::kNothing : Event::kLost;
    if (got == 0) return Event::kLost;
    last_byte_ = SteadyMicros();
    if (first_byte_ == 0) first_byte_ = last_byte_;
    read_since_ += got;
    bytes_received_ += static_cast<std::uint64_t>(got);
    reader_.Add({bytes.data(), static_cast<std::size_t>(got)});
    const auto answer = reader_.Take();
    if (!answer) continue;
    answer_ = *answer;
    state_ = State::kIdle;
    return Event::kAnswered;
  }
  return Event::kNothing;
}

Connection::Event Connection::OnReady() {
  switch (state_) {
    case State::kClosed:
      return Event::kNothing;
    case State::kConnecting: {
      int error = 0;
      socklen_t length = sizeof error;
      ::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &length);
      if (error != 0) return Event::kLost;
      state_ = State::kIdle;
      return Event::kConnected;
    }
    case State::kIdle:
    case State::kAwaiting:
      return Pull();
    case State::kSending: {
      // A server that refuses a body early answers while we are still sending.
      const auto pulled = Pull();
      return pulled == Event::kNothing ? Push() : pulled;
    }
  }
  return Event::kNothing;
}

}  // namespace outpost::loadtest::detail
