#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/pacer.h"
#include "http/message.h"

/// Requests to other people's servers: HTTP/1.1 and TLS by libcurl, which only this room knows.
/// Certificates are checked against the machine's authorities, redirects are not followed, what
/// comes back is limited, and no answer may take for ever.
namespace outpost::http {

struct OutgoingOptions {
  std::chrono::milliseconds connect_time{10'000};
  /// Fewer than 100 bytes a second for so long is a dead connection. Whole seconds.
  std::chrono::seconds stall_time{60};
  /// Authorities that count in place of the machine's; empty: the machine's.
  std::filesystem::path authorities;
  /// Of both directions; may be null.
  std::shared_ptr<Pacer> pacer;
};

struct OutgoingRequest {
  Method method = Method::kGet;  // kGet, kHead, kPut, kDelete
  std::string url;               // encoded: it is sent as it is
  std::vector<std::pair<std::string, std::string>> headers;
  std::string_view body;                     // of kPut; must live until Send returns
  std::size_t answer_bytes_max = 64 * 1024;  // of the body of the answer
};

enum class Outcome : std::uint8_t {
  kAnswered,
  kUnreachable,  // or cut off, or silent: the same request may succeed later
  kUntrusted,    // its certificate is not the one of that name, or from nobody we trust
  kTooLarge,     // the answer was over its limit
  kInterrupted,
};

struct OutgoingAnswer {
  Outcome outcome = Outcome::kAnswered;
  std::string failure;  // in words, when it was not answered
  int status = 0;
  Headers headers;
  std::string body;  // whole: as long as its Content-Length says
};

/// Threads: any. Keeps connections for the next request.
class OutgoingClient {
 public:
  explicit OutgoingClient(OutgoingOptions options = {});
  ~OutgoingClient();
  OutgoingClient(const OutgoingClient&) = delete;
  OutgoingClient& operator=(const OutgoingClient&) = delete;

  /// Waits for the whole answer. Sent again by itself only when a kept connection turned out to be
  /// closed before anything came back.
  OutgoingAnswer Send(const OutgoingRequest& request);

  /// What is under way ends within a second or two, and all that follows at once.
  void Interrupt();
  bool is_interrupted() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace outpost::http
