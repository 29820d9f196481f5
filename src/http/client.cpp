#include "http/client.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "base/problem.h"
#include "base/text.h"
#include "http/detail/header_fields.h"

namespace outpost::http {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;

timeval TimeOf(std::chrono::milliseconds time) {
  return {time.count() / 1000, (time.count() % 1000) * 1000};
}

}  // namespace

struct Client::Impl {
  std::string origin;
  std::string host;  // for the Host header
  std::string name;
  std::string port;
  std::string path;  // of a local socket, else empty
  std::chrono::milliseconds timeout;
  int socket = -1;
  std::string buffer;  // received, not yet used

  [[noreturn]] void Fail(const std::string& what) {
    Close();
    throw Problem(ProblemKind::kBusy, "The server at " + origin + " " + what + ".");
  }

  void Close() {
    if (socket >= 0) ::close(socket);
    socket = -1;
    buffer.clear();
  }

  void Connect();
  void ConnectTo(int family, const sockaddr* address, socklen_t size);
  /// A kept connection that the server has closed meanwhile must not swallow a request.
  bool IsStale() const;
  void WriteAll(std::string_view head, std::string_view body);
  void ReadMore();
  std::string TakeLine();
  void TakeBytes(std::size_t count, std::string& out);
  void ReadHead(ClientResponse& out);
  void ReadChunks(ClientResponse& out);
  void ReadBody(Method method, ClientResponse& out);
};

void Client::Impl::ConnectTo(int family, const sockaddr* address, socklen_t size) {
  socket = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) Fail("cannot be reached: no socket left");
  const timeval time = TimeOf(timeout);
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
  const int on = 1;
  if (family != AF_UNIX) ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(socket, address, size) != 0) {
    Fail(std::string("cannot be reached: ") + std::strerror(errno));
  }
}

void Client::Impl::Connect() {
  Close();
  if (!path.empty()) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::copy(path.begin(), path.end(), address.sun_path);
    ConnectTo(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    return;
  }
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int code = getaddrinfo(name.c_str(), port.c_str(), &hints, &found);
  if (code != 0) Fail(std::string("is not known: ") + gai_strerror(code));
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, freeaddrinfo);
  ConnectTo(found->ai_family, found->ai_addr, found->ai_addrlen);
}

bool Client::Impl::IsStale() const {
  char byte = 0;
  const ssize_t got = ::recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

void Client::Impl::WriteAll(std::string_view head, std::string_view body) {
  while (!head.empty() || !body.empty()) {
    std::array<iovec, 2> pieces = {iovec{const_cast<char*>(head.data()), head.size()},
                                   iovec{const_cast<char*>(body.data()), body.size()}};
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = pieces.size();
    const ssize_t put = ::sendmsg(socket, &message, MSG_NOSIGNAL);
    if (put < 0 && errno == EINTR) continue;
    // It may have refused the rest and said why: the answer is still to be read.
    if (put < 0 && (errno == EPIPE || errno == ECONNRESET)) return;
    if (put < 0) Fail("does not take the request");
    const auto of_head = std::min(static_cast<std::size_t>(put), head.size());
    head.remove_prefix(of_head);
    body.remove_prefix(static_cast<std::size_t>(put) - of_head);
  }
}

void Client::Impl::ReadMore() {
  const std::size_t before = buffer.size();
  buffer.resize(before + kReadBytes);
  ssize_t got = -1;
  do {
    got = ::recv(socket, buffer.data() + before, kReadBytes, 0);
  } while (got < 0 && errno == EINTR);
  buffer.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) Fail("did not answer in time");
  if (got <= 0) Fail("closed the connection without a whole answer");
}

std::string Client::Impl::TakeLine() {
  std::size_t end = 0;
  while ((end = buffer.find("\r\n")) == std::string::npos) ReadMore();
  std::string line = buffer.substr(0, end);
  buffer.erase(0, end + 2);
  return line;
}

void Client::Impl::TakeBytes(std::size_t count, std::string& out) {
  while (count > 0) {
    if (buffer.empty()) ReadMore();
    const std::size_t piece = std::min(count, buffer.size());
    out.append(buffer, 0, piece);
    buffer.erase(0, piece);
    count -= piece;
  }
}

void Client::Impl::ReadHead(ClientResponse& out) {
  do {
    out = {};
    const std::string status = TakeLine();
    const auto code = status.size() >= 12 && status.starts_with("HTTP/1.")
                          ? ParseInt(std::string_view(status).substr(9, 3))
                          : std::nullopt;
    if (!code) Fail("does not speak HTTP/1.1");
    out.status = static_cast<int>(*code);
    for (std::string line = TakeLine(); !line.empty(); line = TakeLine()) {
      const auto colon = line.find(':');
      if (colon == std::string::npos) Fail("sent a header without a colon");
      out.headers.Add(line.substr(0, colon),
                      std::string(Trim(std::string_view(line).substr(colon + 1))));
    }
  } while (out.status / 100 == 1);  // 100 Continue
}

void Client::Impl::ReadChunks(ClientResponse& out) {
  for (;;) {
    const std::string line = TakeLine();
    std::size_t size = 0;
    const auto got = std::from_chars(line.data(), line.data() + line.size(), size, 16);
    if (got.ec != std::errc()) Fail("sent a chunk without a size");
    if (size == 0) break;
    TakeBytes(size, out.body);
    if (!TakeLine().empty()) Fail("sent a chunk of another size than it said");
  }
  while (!TakeLine().empty()) {
  }
}

void Client::Impl::ReadBody(Method method, ClientResponse& out) {
  const bool has_body = method != Method::kHead && out.status != 204 && out.status != 304;
  const auto encoding = out.headers.Find("Transfer-Encoding");
  const auto length = out.headers.Find("Content-Length");
  if (has_body && encoding && EqualsIgnoreCase(*encoding, "chunked")) {
    ReadChunks(out);
  } else if (has_body && length) {
    const auto count = ParseInt(*length);
    if (!count || *count < 0) Fail("sent a Content-Length that is no number");
    out.body.reserve(static_cast<std::size_t>(*count));
    TakeBytes(static_cast<std::size_t>(*count), out.body);
  } else if (has_body) {
    Fail("sent an answer of unknown length");
  }
  const auto connection = out.headers.Find("Connection");
  if (connection && detail::ListHolds(*connection, "close")) Close();
}

Client::Client(std::string_view origin, std::chrono::milliseconds timeout)
    : impl_(std::make_unique<Impl>()) {
  impl_->origin = origin;
  impl_->timeout = timeout;
  impl_->host = "localhost";
  if (origin.starts_with("unix:")) {
    impl_->path = origin.substr(5);
    if (!impl_->path.empty() && impl_->path.size() < sizeof(sockaddr_un::sun_path)) return;
  } else if (origin.starts_with("http://")) {
    auto authority = origin.substr(7);
    authority = authority.substr(0, authority.find('/'));
    impl_->host = authority;
    const auto colon = authority.rfind(':');
    const bool has_port = colon != std::string_view::npos && !authority.ends_with(']');
    impl_->port = has_port ? authority.substr(colon + 1) : "80";
    impl_->name = has_port ? authority.substr(0, colon) : authority;
    if (impl_->name.starts_with('[') && impl_->name.ends_with(']')) {
      impl_->name = impl_->name.substr(1, impl_->name.size() - 2);
    }
    if (!impl_->name.empty()) return;
  }
  throw Problem(ProblemKind::kUnknownSetting,
                "\"" + impl_->origin + "\" is no address such as http://127.0.0.1:8000.");
}

Client::~Client() {
  if (impl_) impl_->Close();
}

Client::Client(Client&&) noexcept = default;

ClientResponse Client::Send(Method method, std::string_view target, const Headers& headers,
                            std::string_view body) {
  if (impl_->socket < 0 || !impl_->buffer.empty() || impl_->IsStale()) impl_->Connect();
  std::string head(NameOf(method));
  head += ' ';
  head += target;
  head += " HTTP/1.1\r\n";
  if (!headers.Find("Host")) head += "Host: " + impl_->host + "\r\n";
  for (const auto& field : headers.all()) head += field.first + ": " + field.second + "\r\n";
  const bool may_have_body = method != Method::kGet && method != Method::kHead;
  const bool is_counted = headers.Find("Content-Length") || headers.Find("Transfer-Encoding");
  if ((may_have_body || !body.empty()) && !is_counted) {
    head += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  }
  head += "\r\n";
  impl_->WriteAll(head, body);
  ClientResponse out;
  impl_->ReadHead(out);
  impl_->ReadBody(method, out);
  return out;
}

}  // namespace outpost::http
