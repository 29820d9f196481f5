#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "http/message.h"

/// A small blocking HTTP/1.1 client on one kept connection, for our own commands, load generator
/// and tests. Outgoing requests to other people's servers go through libcurl instead.
namespace outpost::http {

struct ClientResponse {
  int status = 0;
  Headers headers;
  std::string body;
};

/// Threads: one at a time. Trusts the server: answers are not limited in size.
class Client {
 public:
  /// "http://127.0.0.1:8000" or "unix:/path/to/socket".
  /// @throws Problem kUnknownSetting when it is neither.
  explicit Client(std::string_view origin,
                  std::chrono::milliseconds timeout = std::chrono::seconds(60));
  ~Client();
  Client(Client&&) noexcept;

  /// Sends and reads the whole answer; connects (again) when needed. A request is never sent
  /// twice. `timeout` counts between two bytes.
  /// @throws Problem kBusy when the server cannot be reached or answers too late.
  ClientResponse Send(Method method, std::string_view target, const Headers& headers = {},
                      std::string_view body = {});

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace outpost::http
