#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "http/detail/transport.h"

namespace outpost::http::detail {
namespace {

/// Bounds the time one connection holds its I/O thread: small answers wait behind one such piece of
/// each large one.
constexpr std::int64_t kFilePieceBytes = 128 << 10;

iovec PieceOf(std::string_view text) { return {const_cast<char*>(text.data()), text.size()}; }

class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(int socket) : socket_(socket) {}

  IoState Handshake() override { return IoState::kDone; }

  IoResult Read(char* to, std::size_t size) override {
    const ssize_t got = ::recv(socket_, to, size, 0);
    if (got == 0) return {IoState::kEnded, 0};
    return ResultOf(got, IoState::kWantRead);
  }

  IoResult Write(std::string_view first, std::string_view second) override {
    std::array<iovec, 2> pieces = {PieceOf(first), PieceOf(second)};
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = second.empty() ? 1 : 2;
    return ResultOf(::sendmsg(socket_, &message, MSG_NOSIGNAL), IoState::kWantWrite);
  }

  IoResult WriteFile(int file, std::int64_t offset, std::int64_t length) override {
    off_t from = offset;
    const auto piece = static_cast<std::size_t>(std::min(length, kFilePieceBytes));
    const ssize_t put = ::sendfile(socket_, file, &from, piece);
    if (put == 0) return {IoState::kFailed, 0};  // the file is shorter than announced
    return ResultOf(put, IoState::kWantWrite);
  }

  bool HasBuffered() const override { return false; }
  void EndWriting() override { ::shutdown(socket_, SHUT_WR); }

 private:
  static IoResult ResultOf(ssize_t count, IoState when_not_ready) {
    if (count >= 0) return {IoState::kDone, static_cast<std::size_t>(count)};
    if (errno == EAGAIN || errno == EWOULDBLOCK) return {when_not_ready, 0};
    if (errno == EINTR) return {IoState::kDone, 0};
    return {IoState::kFailed, 0};
  }

  int socket_;
};

}  // namespace

std::unique_ptr<Transport> NewPlainTransport(int socket) {
  return std::make_unique<PlainTransport>(socket);
}

}  // namespace outpost::http::detail
