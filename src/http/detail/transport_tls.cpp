#include "http/detail/transport_tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "base/problem.h"

namespace outpost::http::detail {
namespace {

/// One TLS record: head and a small body leave together.
constexpr std::size_t kRecordBytes = 16 * 1024;

class TlsTransport final : public Transport {
 public:
  TlsTransport(int socket, SSL_CTX* context) : socket_(socket), ssl_(SSL_new(context), SSL_free) {
    OUTPOST_CHECK(ssl_ != nullptr && SSL_set_fd(ssl_.get(), socket) == 1);
    SSL_set_accept_state(ssl_.get());
  }

  IoState Handshake() override {
    ERR_clear_error();
    const int code = SSL_do_handshake(ssl_.get());
    return code == 1 ? IoState::kDone : StateOf(code);
  }

  IoResult Read(char* to, std::size_t size) override {
    ERR_clear_error();
    std::size_t got = 0;
    const int code = SSL_read_ex(ssl_.get(), to, size, &got);
    return code == 1 ? IoResult{IoState::kDone, got} : IoResult{StateOf(code), 0};
  }

  IoResult Write(std::string_view first, std::string_view second) override {
    if (!second.empty() && first.size() < kRecordBytes) {
      joined_.assign(first);
      joined_ += second.substr(0, kRecordBytes - first.size());
      first = joined_;
    }
    ERR_clear_error();
    std::size_t put = 0;
    // After "not ready" OpenSSL wants the same bytes again; the caller's position has not moved.
    const int code = SSL_write_ex(ssl_.get(), first.data(), first.size(), &put);
    return code == 1 ? IoResult{IoState::kDone, put} : IoResult{StateOf(code), 0};
  }

  IoResult WriteFile(int file, std::int64_t offset, std::int64_t length) override {
    const auto piece = std::min<std::int64_t>(length, kRecordBytes);
    joined_.resize(static_cast<std::size_t>(piece));
    const ssize_t got = ::pread(file, joined_.data(), joined_.size(), offset);
    if (got <= 0) return {IoState::kFailed, 0};
    joined_.resize(static_cast<std::size_t>(got));
    return Write(joined_, {});
  }

  bool HasBuffered() const override { return SSL_has_pending(ssl_.get()) == 1; }

  void EndWriting() override {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
    ::shutdown(socket_, SHUT_WR);
  }

 private:
  IoState StateOf(int code) const {
    switch (SSL_get_error(ssl_.get(), code)) {
      case SSL_ERROR_WANT_READ:
        return IoState::kWantRead;
      case SSL_ERROR_WANT_WRITE:
        return IoState::kWantWrite;
      case SSL_ERROR_ZERO_RETURN:
        return IoState::kEnded;
      default:
        return IoState::kFailed;
    }
  }

  int socket_;
  std::unique_ptr<SSL, void (*)(SSL*)> ssl_;
  std::string joined_;
};

}  // namespace

std::unique_ptr<Transport> NewTlsTransport(int socket, SSL_CTX* context) {
  return std::make_unique<TlsTransport>(socket, context);
}

}  // namespace outpost::http::detail
