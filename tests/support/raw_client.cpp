#include "support/raw_client.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <thread>

#include "base/text.h"

namespace outpost::tests {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;
constexpr std::size_t kChunkBytes = 16 * 1024;
constexpr int kSlicesPerSecond = 10;

[[noreturn]] void Fail(const std::string& what) {
  throw NetworkError(errno != 0 ? what + ": " + std::strerror(errno) : what);
}

bool HasHeader(const HeaderList& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(),
                     [&](const auto& field) { return EqualsIgnoreCase(field.first, name); });
}

int OpenUnix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) throw NetworkError("socket path too long: " + path);
  std::memcpy(address.sun_path, path.data(), path.size());
  const int made = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    ::close(made);
    Fail("connect " + path);
  }
  return made;
}

int OpenTcp(const std::string& host_and_port) {
  const auto colon = host_and_port.rfind(':');
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port =
      htons(static_cast<std::uint16_t>(ParseInt(host_and_port.substr(colon + 1)).value_or(80)));
  ::inet_pton(AF_INET, host_and_port.substr(0, colon).c_str(), &address.sin_addr);
  const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    ::close(made);
    Fail("connect " + host_and_port);
  }
  const int on = 1;
  ::setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return made;
}

std::string_view HostOf(std::string_view origin) {
  return origin.starts_with("http://") ? origin.substr(7) : std::string_view("localhost");
}

}  // namespace

std::optional<std::string> Answer::Header(std::string_view name) const {
  for (const auto& [field, value] : headers) {
    if (EqualsIgnoreCase(field, name)) return value;
  }
  return std::nullopt;
}

std::string RenderHead(const Call& call, std::string_view host) {
  std::string head = call.method + " " + call.target + " HTTP/1.1\r\n";
  if (!HasHeader(call.headers, "Host")) head += "Host: " + std::string(host) + "\r\n";
  for (const auto& [name, value] : call.headers) head += name + ": " + value + "\r\n";
  const bool has_body = !call.body.empty() || call.claimed_length || call.method == "POST" ||
                        call.method == "PUT" || call.method == "PATCH";
  if (call.is_chunked) {
    if (!HasHeader(call.headers, "Transfer-Encoding")) head += "Transfer-Encoding: chunked\r\n";
  } else if (has_body && !HasHeader(call.headers, "Content-Length")) {
    head += "Content-Length: " + std::to_string(call.claimed_length.value_or(call.body.size())) +
            "\r\n";
  }
  if (call.waits_for_100) head += "Expect: 100-continue\r\n";
  return head + "\r\n";
}

std::string RenderChunks(std::string_view body) {
  std::string text;
  std::array<char, 32> size{};
  while (!body.empty()) {
    const auto piece = body.substr(0, kChunkBytes);
    std::snprintf(size.data(), size.size(), "%zx\r\n", piece.size());
    text += size.data();
    text += piece;
    text += "\r\n";
    body.remove_prefix(piece.size());
  }
  return text + "0\r\n\r\n";
}

RawClient::RawClient(std::string origin, std::chrono::milliseconds timeout)
    : origin_(std::move(origin)), timeout_(timeout) {}

RawClient::~RawClient() { Close(); }

void RawClient::Close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
  input_.clear();
  has_ended_ = false;
}

void RawClient::Connect() {
  errno = 0;
  Close();
  socket_ = origin_.starts_with("unix:") ? OpenUnix(origin_.substr(5))
                                         : OpenTcp(std::string(HostOf(origin_)));
  ::fcntl(socket_, F_SETFL, ::fcntl(socket_, F_GETFL) | O_NONBLOCK);
}

bool RawClient::HasInput() const {
  pollfd waiting{socket_, POLLIN, 0};
  return ::poll(&waiting, 1, 0) > 0;
}

bool RawClient::IsPeerGone() const { return socket_ < 0 || has_ended_ || HasInput(); }

void RawClient::WaitFor(short events) const {
  pollfd waiting{socket_, events, 0};
  const int ready = ::poll(&waiting, 1, static_cast<int>(timeout_.count()));
  if (ready == 0) throw NetworkError("the server was silent for too long");
  if (ready < 0 && errno != EINTR) Fail("poll");
}

bool RawClient::SendPaced(std::string_view bytes, std::int64_t bytes_per_second) {
  const auto slice = bytes_per_second == 0 ? bytes.size()
                                           : static_cast<std::size_t>(std::max<std::int64_t>(
                                                 1, bytes_per_second / kSlicesPerSecond));
  while (!bytes.empty()) {
    const auto sent =
        ::send(socket_, bytes.data(), std::min(slice, bytes.size()), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR)) {
      WaitFor(POLLOUT | POLLIN);
      if (HasInput()) return false;
      continue;
    }
    if (sent < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
    if (bytes_per_second != 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1000 / kSlicesPerSecond));
      if (HasInput()) return false;
    }
  }
  return true;
}

Answer RawClient::Send(const Call& call) {
  if (IsPeerGone()) Connect();
  return Exchange(call);
}

void RawClient::Push(std::string_view bytes) {
  if (socket_ < 0) Connect();
  SendPaced(bytes, 0);
}

Answer RawClient::Exchange(const Call& call) {
  errno = 0;
  std::string message = RenderHead(call, HostOf(origin_));
  if (call.waits_for_100) {
    SendPaced(message, call.bytes_per_second);
    auto interim = ReadAnswer();
    if (interim.status != 100) return interim;
    message.clear();
  }
  message += call.is_chunked ? RenderChunks(call.body) : call.body;
  if (call.cut_after_bytes && *call.cut_after_bytes < message.size()) {
    SendPaced(std::string_view(message).substr(0, *call.cut_after_bytes), call.bytes_per_second);
    Close();
    throw NetworkError("cut by the test");
  }
  SendPaced(message, call.bytes_per_second);
  const bool has_body = call.method != "HEAD";
  auto answer = ReadAnswer(has_body);
  while (answer.status == 100) answer = ReadAnswer(has_body);
  if (answer.Header("Connection") == "close") Close();
  return answer;
}

void RawClient::Fill() {
  if (has_ended_) throw NetworkError("the server closed the connection within an answer");
  for (;;) {
    std::array<char, kReadBytes> bytes;
    const auto got = ::recv(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got > 0) {
      input_.append(bytes.data(), static_cast<std::size_t>(got));
      return;
    }
    if (got == 0) {
      has_ended_ = true;
      throw NetworkError("the server closed the connection");
    }
    if (errno != EAGAIN && errno != EINTR) Fail("recv");
    WaitFor(POLLIN);
  }
}

std::string RawClient::TakeLine() {
  std::size_t end = std::string::npos;
  while ((end = input_.find("\r\n")) == std::string::npos) Fill();
  std::string line = input_.substr(0, end);
  input_.erase(0, end + 2);
  return line;
}

std::string RawClient::TakeBytes(std::size_t count) {
  while (input_.size() < count) Fill();
  std::string bytes = input_.substr(0, count);
  input_.erase(0, count);
  return bytes;
}

Answer RawClient::ReadAnswer(bool has_body) {
  Answer answer;
  const std::string first = TakeLine();
  if (!first.starts_with("HTTP/1.1 ") || first.size() < 12) {
    throw NetworkError("not an HTTP/1.1 answer: " + first.substr(0, 80));
  }
  answer.status = static_cast<int>(ParseInt(first.substr(9, 3)).value_or(0));
  for (std::string line = TakeLine(); !line.empty(); line = TakeLine()) {
    const auto colon = line.find(':');
    if (colon == std::string::npos) throw NetworkError("bad header line: " + line.substr(0, 80));
    answer.headers.emplace_back(line.substr(0, colon),
                                std::string(Trim(std::string_view(line).substr(colon + 1))));
  }
  if (has_body) answer.body = ReadBody(answer);
  return answer;
}

std::string RawClient::ReadBody(const Answer& answer) {
  if (answer.status == 204 || answer.status == 304 || answer.status < 200) return {};
  if (answer.Header("Transfer-Encoding") == "chunked") return ReadChunks();
  if (const auto length = answer.Header("Content-Length")) {
    return TakeBytes(static_cast<std::size_t>(ParseInt(*length).value_or(0)));
  }
  try {
    for (;;) Fill();
  } catch (const NetworkError&) {
    if (!has_ended_) throw;
  }
  return std::exchange(input_, {});
}

std::string RawClient::ReadChunks() {
  std::string body;
  for (;;) {
    const auto size = std::stoul(TakeLine(), nullptr, 16);
    if (size == 0) break;
    body += TakeBytes(size);
    TakeLine();
  }
  while (!TakeLine().empty()) {
  }
  return body;
}

}  // namespace outpost::tests
