#include "http/detail/server_fixture.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>

#include "base/problem.h"
#include "base/text.h"

namespace outpost::http::detail {

ScratchFolder::ScratchFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "http-test-XXXXXX").string();
  OUTPOST_CHECK(::mkdtemp(name.data()) != nullptr);
  path_ = name;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

RawConnection::RawConnection(const std::string& address)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const auto colon = address.find(':');
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))));
  OUTPOST_CHECK(inet_pton(AF_INET, address.substr(0, colon).c_str(), &where.sin_addr) == 1);
  OUTPOST_CHECK(::connect(socket_, reinterpret_cast<sockaddr*>(&where), sizeof where) == 0);
  // A test in which nobody reads must fail, not hang.
  const timeval patience{10, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

RawConnection::~RawConnection() { ::close(socket_); }

bool RawConnection::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (put <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

bool RawConnection::ReadSome(std::chrono::milliseconds patience) {
  pollfd what{socket_, POLLIN, 0};
  if (::poll(&what, 1, static_cast<int>(patience.count())) <= 0) return false;
  std::array<char, 65536> buffer;
  const ssize_t got = ::recv(socket_, buffer.data(), buffer.size(), 0);
  was_reset_ = got < 0 && errno == ECONNRESET;
  has_ended_ = got == 0;
  if (got <= 0) return false;
  received_.append(buffer.data(), static_cast<std::size_t>(got));
  return true;
}

std::string RawConnection::ReadToEnd(std::chrono::milliseconds patience) {
  while (ReadSome(patience)) {
  }
  return std::exchange(received_, {});
}

std::string RawConnection::ReadUntil(std::string_view text) {
  while (received_.find(text) == std::string::npos && ReadSome(std::chrono::seconds(10))) {
  }
  const auto at = received_.find(text);
  const std::size_t end = at == std::string::npos ? received_.size() : at + text.size();
  std::string out = received_.substr(0, end);
  received_.erase(0, end);
  return out;
}

TestServer::TestServer() {
  options.listeners = {{"127.0.0.1:0", false}};
  options.spool = folder.path();
  options.log_requests = false;
  options.mobile_threads = options.web_threads = 2;
  router.Add(Method::kGet, "/hello", {.name = "hello"},
             [](Request&) { return Response::Text(200, "hello"); });
  router.Add(Method::kPost, "/echo", {.name = "echo", .body_bytes_max = 1'000'000},
             [](Request& request) {
               return Response::Text(200, request.body.Read(0, request.body.length()));
             });
}

TestServer::~TestServer() = default;

void TestServer::Start() {
  server = std::make_unique<Server>(options, router, admin, clock, metrics, renderer);
  server->Start();
}

std::string TestServer::address(std::size_t listener) const {
  return server->addresses().at(listener);
}

std::string TestServer::Exchange(std::string_view bytes) const {
  RawConnection connection(address());
  connection.Send(bytes);
  return connection.ReadToEnd();
}

int StatusOf(std::string_view answer) {
  if (!answer.starts_with("HTTP/1.1 ") || answer.size() < 12) return 0;
  return static_cast<int>(ParseInt(answer.substr(9, 3)).value_or(0));
}

int CountAnswers(std::string_view text) {
  int count = 0;
  for (auto at = text.find("HTTP/1.1 "); at != std::string_view::npos;
       at = text.find("HTTP/1.1 ", at + 1)) {
    count += StatusOf(text.substr(at)) != 0 ? 1 : 0;
  }
  return count;
}

}  // namespace outpost::http::detail
