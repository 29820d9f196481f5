#include "http/outgoing/testing/relay.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>

#include "base/problem.h"

namespace outpost::http_testing {
namespace {

constexpr int kLookMs = 20;

sockaddr_in Loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool SendAll(int socket, const char* bytes, std::size_t count) {
  while (count > 0) {
    const auto done = ::send(socket, bytes, count, MSG_NOSIGNAL);
    if (done <= 0) return false;
    bytes += done;
    count -= static_cast<std::size_t>(done);
  }
  return true;
}

}  // namespace

Relay::Relay(std::uint16_t to) : to_(to) {
  Listen();
  acceptor_ = std::thread([this] { Accept(); });
}

Relay::~Relay() {
  is_over_ = true;
  acceptor_.join();
  TakeAway();
  for (auto& carrier : carriers_) carrier.join();
}

void Relay::Listen() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  auto address = Loopback(port_);
  OUTPOST_CHECK(::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  socklen_t size = sizeof address;
  OUTPOST_CHECK(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  port_ = ntohs(address.sin_port);
  OUTPOST_CHECK(::listen(socket, SOMAXCONN) == 0);
  listener_ = socket;
}

void Relay::TakeAway() {
  const int listener = listener_.exchange(-1);
  if (listener >= 0) ::close(listener);
  Cut();
}

void Relay::BringBack() { Listen(); }

void Relay::Cut() { ++cuts_; }

void Relay::Accept() {
  while (!is_over_) {
    const int listener = listener_;
    pollfd wanted{listener, POLLIN, 0};
    if (listener < 0 || ::poll(&wanted, 1, kLookMs) <= 0 || (wanted.revents & POLLIN) == 0) {
      if (listener < 0) std::this_thread::sleep_for(std::chrono::milliseconds(kLookMs));
      continue;
    }
    const int from = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (from < 0) continue;
    ++connections_;
    const std::lock_guard lock(mutex_);
    carriers_.emplace_back([this, from, limit = cut_after_.exchange(-1)] { Carry(from, limit); });
  }
}

void Relay::Carry(int from, std::int64_t limit) {
  const int cuts = cuts_;
  const int to = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = Loopback(to_);
  bool is_open = ::connect(to, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  std::array<char, 16'384> bytes{};
  while (is_open && !is_over_ && cuts_ == cuts) {
    std::array<pollfd, 2> wanted{{{from, POLLIN, 0}, {to, POLLIN, 0}}};
    if (::poll(wanted.data(), wanted.size(), kLookMs) <= 0) continue;
    for (std::size_t i = 0; i < wanted.size() && is_open; ++i) {
      if (wanted[i].revents == 0) continue;
      const auto got = ::recv(wanted[i].fd, bytes.data(), bytes.size(), 0);
      if (is_silent_) {
        std::this_thread::sleep_for(std::chrono::milliseconds(kLookMs));
        continue;
      }
      is_open = got > 0 && SendAll(wanted[1 - i].fd, bytes.data(), static_cast<std::size_t>(got));
      if (limit >= 0 && (limit -= got) < 0) is_open = false;
    }
  }
  // With what is unread the other side gets a reset, as from a machine that went away.
  ::close(from);
  ::close(to);
}

}  // namespace outpost::http_testing
