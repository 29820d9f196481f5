#include "http/detail/listener.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/log.h"
#include "base/problem.h"
#include "base/text.h"

namespace outpost::http::detail {
namespace {

constexpr int kBacklog = 1024;
/// Without descriptors left, trying again at once would only burn the thread.
constexpr std::chrono::milliseconds kPauseTime{100};
/// Connections taken in one go, so that a storm of them does not starve those that exist.
constexpr int kAcceptsInARow = 64;

std::string PeerOf(const sockaddr_storage& address) {
  AddressBytes bytes{};
  if (address.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    return RenderAddress(bytes);
  }
  if (address.ss_family != AF_INET) return {};
  bytes[10] = bytes[11] = 0xff;
  const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
  std::memcpy(bytes.data() + 12, &v4.sin_addr, 4);
  return RenderAddress(bytes);
}

[[noreturn]] void FailToListen(const std::string& address, int error) {
  std::string remedy = std::strerror(error);
  if (error == EADDRINUSE) remedy = "another program uses it; stop that one or choose another port";
  if (error == EACCES) remedy = "ports below 1024 need the right CAP_NET_BIND_SERVICE";
  if (error == EADDRNOTAVAIL) remedy = "this machine does not have that address";
  throw Problem(ProblemKind::kConflict, "Cannot listen on " + address + ": " + remedy + ".");
}

struct HostAndPort {
  std::string host;
  std::string port;
};

HostAndPort TakeApart(const std::string& address) {
  const auto colon = address.rfind(':');
  const bool has_port = colon != std::string::npos &&
                        ParseInt(std::string_view(address).substr(colon + 1)).has_value();
  if (!has_port) {
    throw Problem(ProblemKind::kUnknownSetting,
                  "\"" + address + "\" is no address to listen on; write 127.0.0.1:8000.");
  }
  std::string host = address.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return {host, address.substr(colon + 1)};
}

}  // namespace

int ListenOn(const std::string& address) {
  const HostAndPort where = TakeApart(address);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const bool is_any = where.host.empty() || where.host == "*";
  const int code =
      getaddrinfo(is_any ? nullptr : where.host.c_str(), where.port.c_str(), &hints, &found);
  if (code != 0) {
    throw Problem(ProblemKind::kUnknownSetting,
                  "Cannot listen on " + address + ": " + gai_strerror(code) + ".");
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, freeaddrinfo);
  const int socket = ::socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket < 0) FailToListen(address, errno);
  const int on = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  // Inherited by accepted sockets: answers are written whole, waiting for more gains nothing.
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::bind(socket, found->ai_addr, found->ai_addrlen) != 0 || ::listen(socket, kBacklog) != 0) {
    const int error = errno;
    ::close(socket);
    FailToListen(address, error);
  }
  return socket;
}

int ListenLocally(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    throw Problem(ProblemKind::kUnknownSetting,
                  "The path of the admin socket is too long (at most 107 bytes): " + path);
  }
  std::copy(path.begin(), path.end(), address.sun_path);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket < 0) FailToListen(path, errno);
  ::fchmod(socket, 0600);  // before bind, so that the file never has wider rights
  struct stat old {};
  if (::lstat(path.c_str(), &old) == 0 && S_ISSOCK(old.st_mode)) ::unlink(path.c_str());
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(socket, kBacklog) != 0) {
    const int error = errno;
    ::close(socket);
    FailToListen(path, error);
  }
  return socket;
}

std::string AddressOf(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  const bool is_v6 = address.ss_family == AF_INET6;
  const auto port = is_v6 ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                          : reinterpret_cast<const sockaddr_in&>(address).sin_port;
  const std::string host = PeerOf(address);
  return (is_v6 ? '[' + host + ']' : host) + ':' + std::to_string(ntohs(port));
}

Acceptor::Acceptor(Loop& loop, int socket, Peer peer, Sink sink)
    : loop_(loop),
      socket_(loop.context(), socket),
      pause_(loop.context()),
      peer_(std::move(peer)),
      sink_(std::move(sink)) {}

void Acceptor::Start() { Wait(); }

void Acceptor::Close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
  pause_.cancel();
}

void Acceptor::Wait() {
  socket_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                     [this](const boost::system::error_code& error) {
                       if (!error) AcceptAll();
                     });
}

void Acceptor::AcceptAll() {
  for (int i = 0; i < kAcceptsInARow; ++i) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    const int socket = ::accept4(socket_.native_handle(), reinterpret_cast<sockaddr*>(&address),
                                 &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket >= 0) {
      TakeOne(socket, PeerOf(address));
      continue;
    }
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      Log(LogLevel::kError, "http.accept_failed", {{"why", std::strerror(errno)}});
      Pause();
      return;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) break;
  }
  Wait();
}

void Acceptor::Pause() {
  pause_.expires_after(kPauseTime);
  pause_.async_wait([this](const boost::system::error_code& error) {
    if (!error) Wait();
  });
}

void Acceptor::TakeOne(int socket, std::string address) {
  Core& core = loop_.core();
  if (core.connections.load() >= core.options.limits.connections) {
    ::close(socket);
    return;
  }
  core.CountConnection(true);
  Peer peer = peer_;
  peer.address = std::move(address);
  sink_(socket, std::move(peer));
}

}  // namespace outpost::http::detail
