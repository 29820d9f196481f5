#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "http/message.h"

/// How a simulated phone reaches its server. Tests lose requests or answers here.
namespace outpost::phones {

struct Request {
  http::Method method = http::Method::kGet;
  std::string target;
  http::Headers headers;
  std::string body;  // sent chunked, as phones do
};

struct Answer {
  int status = 0;
  http::Headers headers;
  std::string body;  // decoded
};

class Exchange {
 public:
  virtual ~Exchange() = default;

  /// Empty: no answer came. Whether the request arrived, only the server knows.
  virtual std::optional<Answer> Send(const Request& request) = 0;

  /// Sends the second request while the first is being answered.
  virtual std::pair<std::optional<Answer>, std::optional<Answer>> SendDuring(
      const Request& request, const Request& meanwhile) = 0;
};

/// Over a socket: "http://127.0.0.1:8000". Accepts gzip. Threads: one at a time.
std::unique_ptr<Exchange> HttpExchange(std::string origin);

}  // namespace outpost::phones
