#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "http/detail/body_sink.h"
#include "http/message.h"

namespace outpost::http::detail {

/// What the head says about the message itself.
struct Framing {
  bool has_body = false;
  bool is_chunked = false;
  std::optional<std::uint64_t> length;  // Content-Length
  bool keeps_alive = false;
  bool expects_continue = false;
  bool is_version_1_0 = false;
};

/// Reads one request from bytes as they come (RFC 9112), strictly: what two parsers could
/// understand in two ways is refused. The only file that knows Beast. Threads: one.
class RequestReader {
 public:
  enum class State : std::uint8_t {
    kMore,          // feed again, with what was not taken in front
    kDone,          // the head, or the body, is complete
    kMalformed,     // answer 400 and close
    kHeadTooLarge,  // answer 431 and close
    kStopped,       // the sink said so: verdict()
  };

  explicit RequestReader(std::size_t head_bytes_max);
  ~RequestReader();

  /// Reads the head into `request` (method, target, headers) and framing(); takes from `bytes` what
  /// it has used.
  State ReadHead(std::string_view& bytes, Request& request);
  /// Reads on into the sink and takes from `bytes` what it has used.
  State ReadBody(std::string_view& bytes, BodySink& sink);

  const Framing& framing() const;
  BodySink::Verdict verdict() const;

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
  const std::size_t head_bytes_max_;
  std::size_t head_bytes_ = 0;
};

}  // namespace outpost::http::detail
