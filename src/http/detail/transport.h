#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

/// Bytes over a non-blocking socket, plain or through TLS. One session works on top of either.
namespace outpost::http::detail {

enum class IoState : std::uint8_t { kDone, kWantRead, kWantWrite, kEnded, kFailed };

struct IoResult {
  IoState state = IoState::kDone;
  std::size_t bytes = 0;  // when kDone
};

/// Does not own the descriptor. Threads: one.
class Transport {
 public:
  virtual ~Transport() = default;

  virtual IoState Handshake() = 0;
  virtual IoResult Read(char* to, std::size_t size) = 0;
  /// Writes a part of both, in one system call if possible.
  virtual IoResult Write(std::string_view first, std::string_view second) = 0;
  virtual IoResult WriteFile(int file, std::int64_t offset, std::int64_t length) = 0;
  /// Are there decoded bytes that no readiness of the socket will announce?
  virtual bool HasBuffered() const = 0;
  /// Says good-bye; reading goes on.
  virtual void EndWriting() = 0;
};

std::unique_ptr<Transport> NewPlainTransport(int socket);

}  // namespace outpost::http::detail
