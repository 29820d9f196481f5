#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/instant.h"
#include "base/spooled_bytes.h"

/// Requests and responses as rooms above see them: plain data, no Asio type.
namespace outpost::http {

enum class Method : std::uint8_t { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions, kOther };
std::string_view NameOf(Method method);

/// Header fields in order; names compare without case.
class Headers {
 public:
  void Add(std::string name, std::string value);
  /// Replaces all fields of that name.
  void Set(std::string_view name, std::string value);
  /// The first field of that name.
  std::optional<std::string_view> Find(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& all() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

/// Bodies up to this size stay in memory, larger ones go to an unlinked file in the spool folder.
inline constexpr std::size_t kBodyInMemoryBytesMax = 64 * 1024;

/// A received body, complete and decoded (chunks and Content-Encoding gzip undone).
class Body {
 public:
  Body() = default;
  explicit Body(std::string bytes) : bytes_(std::move(bytes)) {}
  /// Takes the descriptor of a spooled file. `lease` is let go when the body dies: it gives the
  /// bytes back to the spool's budget.
  Body(int file, std::int64_t length, std::shared_ptr<void> lease = nullptr)
      : file_(file), length_(length), lease_(std::move(lease)) {}
  Body(Body&& other) noexcept;
  Body& operator=(Body&& other) noexcept;
  ~Body();

  bool in_memory() const { return file_ < 0; }
  std::int64_t length() const {
    return in_memory() ? static_cast<std::int64_t>(bytes_.size()) : length_;
  }
  /// The bytes when in_memory().
  std::string_view bytes() const { return bytes_; }
  /// The descriptor when not in_memory(); stays owned by the body.
  int file() const { return file_; }
  /// A copy of a part, from memory or file. The range must lie inside.
  std::string Read(std::int64_t offset, std::int64_t length) const;

 private:
  std::string bytes_;
  int file_ = -1;
  std::int64_t length_ = 0;
  std::shared_ptr<void> lease_;
};

/// Lives until its answer was given, also when the handler has returned before.
struct Request {
  std::string id;  // request id: in the log line, in X-Request-Id and in error answers
  Method method = Method::kGet;
  std::string target;                                      // as sent, with query
  std::string path;                                        // percent-decoded, without query
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
  std::vector<std::string> captures;  // what {…} of the route matched, decoded
  Headers headers;
  Body body;
  std::string remote_address;    // after the trusted-proxy rule, without port
  std::string host;              // of the Host header (or X-Forwarded-Host of a trusted proxy)
  bool is_secure = false;        // TLS here or at a trusted proxy
  bool is_local_socket = false;  // came over the admin socket
  Instant received_on;
  std::int64_t received_steady_micros = 0;

  /// The last value of a query parameter.
  std::optional<std::string_view> QueryValue(std::string_view name) const;
};

/// Part of an open file, closed with this object.
struct FileBody {
  int file = -1;  // owned
  std::int64_t offset = 0;
  std::int64_t length = 0;

  FileBody() = default;
  FileBody(int file_, std::int64_t offset_, std::int64_t length_)
      : file(file_), offset(offset_), length(length_) {}
  FileBody(FileBody&& other) noexcept;
  FileBody& operator=(FileBody&& other) noexcept;
  ~FileBody();
};

/// Spooled bytes that may still be made while they are sent: at the client's speed, from the file,
/// so that who makes them never waits for who reads them.
///
/// Whole when the answer begins: with Content-Length. Else in chunks as they come (to HTTP/1.0 up
/// to the end of the connection). Bytes that end cut off end the connection without the last chunk
/// (HTTP/1.0: with a reset), which no client takes for a whole answer.
struct GrowingBody {
  std::shared_ptr<SpooledBytes> bytes;  // shared, or whole
};

struct Response {
  int status = 200;
  /// Date, Content-Length or Transfer-Encoding, Connection and X-Request-Id are added by the
  /// server.
  Headers headers;
  std::variant<std::string, FileBody, GrowingBody> body;
  /// Compress when the client accepts gzip and the body is text of at least 10,240 bytes in memory.
  /// This happens on the thread that answers, so the writer thread gives large texts to others.
  bool may_compress = true;

  static Response Text(int status, std::string body,
                       std::string content_type = "text/plain; charset=utf-8");
  static Response Json(int status, std::string body);
  static Response Html(int status, std::string body);
};

/// Where a handler leaves its answer: exactly once, from any thread, now or later. When dropped
/// without an answer the client gets a 500.
class Responder {
 public:
  explicit Responder(std::function<void(Response&&)> send) : send_(std::move(send)) {}
  Responder(Responder&& other) noexcept : send_(std::exchange(other.send_, nullptr)) {}
  Responder& operator=(Responder&&) = delete;
  ~Responder();
  void Send(Response&& response);

 private:
  std::function<void(Response&&)> send_;
};

}  // namespace outpost::http
