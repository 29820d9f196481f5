#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

/// A server for tests of the load generator.
namespace outpost::loadtest {

/// Answers each request as it is told, by its number and bytes; "" ends the connection without an
/// answer. Knows the two kinds of requests that the generator makes: GET, and POST in chunks or
/// with a length.
class ScriptedServer {
 public:
  using Answer = std::function<std::string(int number, const std::string& request)>;

  explicit ScriptedServer(Answer answer)
      : answer_(std::move(answer)), listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(listening_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::listen(listening_, 64);
    socklen_t length = sizeof address;
    ::getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Serve(); });
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;
  ~ScriptedServer() {
    is_stopping_ = true;
    thread_.join();
    for (const auto& peer : peers_) ::close(peer.socket);
    ::close(listening_);
  }

  std::uint16_t port() const { return port_; }
  int requests() const { return requests_; }

 private:
  struct Peer {
    int socket = -1;
    std::string received;
  };

  void Serve() {
    while (!is_stopping_) {
      std::vector<pollfd> polled{{listening_, POLLIN, 0}};
      for (const auto& peer : peers_) polled.push_back({peer.socket, POLLIN, 0});
      if (::poll(polled.data(), polled.size(), 10) <= 0) continue;
      for (std::size_t i = polled.size() - 1; i > 0; --i) {
        if (polled[i].revents != 0 && !Read(peers_[i - 1])) {
          ::close(peers_[i - 1].socket);
          peers_.erase(peers_.begin() + static_cast<std::ptrdiff_t>(i - 1));
        }
      }
      if (polled[0].revents != 0) peers_.push_back({::accept(listening_, nullptr, nullptr), {}});
    }
  }

  static bool IsWhole(const std::string& request) {
    const auto head = request.find("\r\n\r\n");
    if (head == std::string::npos) return false;
    if (request.starts_with("GET ")) return true;
    constexpr std::string_view kLength = "Content-Length: ";
    const auto length = request.find(kLength);
    if (length == std::string::npos || length > head) return request.ends_with("\r\n0\r\n\r\n");
    return request.size() - head - 4 >= std::stoul(request.substr(length + kLength.size()));
  }

  bool Read(Peer& peer) {
    std::array<char, 8192> bytes;
    const auto got = ::recv(peer.socket, bytes.data(), bytes.size(), 0);
    if (got <= 0) return false;
    peer.received.append(bytes.data(), static_cast<std::size_t>(got));
    if (!IsWhole(peer.received)) return true;
    const auto answer = answer_(requests_++, peer.received);
    peer.received.clear();
    if (answer.empty()) return false;
    std::string_view left(answer);
    while (!left.empty()) {
      const auto sent = ::send(peer.socket, left.data(), left.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      left.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  Answer answer_;
  int listening_;
  std::uint16_t port_ = 0;
  std::vector<Peer> peers_;
  std::atomic<int> requests_{0};
  std::atomic<bool> is_stopping_{false};
  std::thread thread_;
};

}  // namespace outpost::loadtest
