#include "apps/broken_download.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

#include "base/text.h"

namespace outpost::tests {
namespace {

constexpr int kWindowBytes = 64 * 1024;

/// A connection that is closed with it.
class Line {
 public:
  explicit Line(const std::string& origin)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &kWindowBytes, sizeof kWindowBytes);
    const auto colon = origin.rfind(':');
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(origin.substr(colon + 1))));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("cannot connect to " + origin);
    }
  }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  ~Line() { ::close(socket_); }

  void Ask(const std::string& target) {
    const auto request = "GET " + target + " HTTP/1.1\r\nHost: phones.example\r\n\r\n";
    if (::send(socket_, request.data(), request.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(request.size())) {
      throw std::runtime_error("cannot ask for " + target);
    }
  }

  /// False when nothing more comes.
  bool Read() {
    std::array<char, 16 * 1024> bytes;
    const auto got = ::recv(socket_, bytes.data(), bytes.size(), 0);
    if (got <= 0) return false;
    received_.append(bytes.data(), static_cast<std::size_t>(got));
    return true;
  }

  /// 0 until the head is there.
  std::size_t body_bytes() const {
    const auto head = received_.find("\r\n\r\n");
    return head == std::string::npos ? 0 : received_.size() - head - 4;
  }
  std::size_t promised_bytes() const {
    constexpr std::string_view kLength = "\r\nContent-Length: ";
    const auto at = received_.find(kLength);
    if (at == std::string::npos) throw std::runtime_error("no length: " + received_);
    return std::stoul(received_.substr(at + kLength.size()));
  }
  std::string body() const { return received_.substr(received_.size() - body_bytes()); }

 private:
  int socket_;
  std::string received_;
};

}  // namespace

phones::FetchAnswer DownloadInterrupted(const std::string& origin, const std::string& target,
                                        std::size_t bytes, const std::function<void()>& then) {
  Line line(origin);
  line.Ask(target);
  while (line.body_bytes() < bytes) {
    if (!line.Read()) throw std::runtime_error(target + " has ended too early");
  }
  if (line.promised_bytes() <= bytes) throw std::runtime_error(target + " is too short");
  then();
  while (line.body_bytes() < line.promised_bytes() && line.Read()) {
  }
  phones::FetchAnswer answer;
  if (line.body_bytes() < line.promised_bytes()) return answer;
  answer.kind = phones::FetchAnswer::Kind::kAnswer;
  answer.status = 200;
  answer.body = line.body();
  return answer;
}

phones::FetchAnswer DownloadCut(const std::string& origin, const std::string& target,
                                std::size_t bytes) {
  Line line(origin);
  line.Ask(target);
  while (line.body_bytes() < bytes && line.Read()) {
  }
  return {};
}

}  // namespace outpost::tests
