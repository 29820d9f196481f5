#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// A blocking HTTP/1.1 client for tests only. It shares no code with the program under test, and it
/// can do what well-behaved clients do not: send byte by byte, stop half way, leave lengths out.
namespace outpost::tests {

/// The connection could not be made, broke, or was silent for too long.
class NetworkError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

using HeaderList = std::vector<std::pair<std::string, std::string>>;

struct Answer {
  int status = 0;
  HeaderList headers;
  std::string body;

  /// The first field of that name, letter case ignored.
  std::optional<std::string> Header(std::string_view name) const;
};

struct Call {
  std::string method = "GET";
  std::string target = "/";
  HeaderList headers;  // Host and the body's length are added unless given
  std::string body;
  bool is_chunked = false;
  bool waits_for_100 = false;
  std::int64_t bytes_per_second = 0;                // 0: as fast as it goes
  std::optional<std::size_t> cut_after_bytes = {};  // of the whole message; then hangs up
  /// Announced instead of the real length: a body that is promised but not sent.
  std::optional<std::uint64_t> claimed_length = {};
};

/// Threads: one at a time.
class RawClient {
 public:
  /// "http://127.0.0.1:8000" or "unix:/path/to/socket". Connects with the first call.
  explicit RawClient(std::string origin,
                     std::chrono::milliseconds timeout = std::chrono::seconds(60));
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  /// One request, one answer; reconnects when the kept connection has been closed in the meantime.
  /// The answer counts also when the server gave it before it had read the whole body.
  /// @throws NetworkError
  Answer Send(const Call& call);

  /// Sends these bytes as they are, connecting first when needed; what is refused shows in Await.
  void Push(std::string_view bytes);
  /// Reads one answer. @throws NetworkError
  Answer Await() { return ReadAnswer(); }

  void Close();

 private:
  void Connect();
  bool IsPeerGone() const;
  void WaitFor(short events) const;
  bool HasInput() const;
  /// False when the server closed or answered before everything was sent.
  bool SendPaced(std::string_view bytes, std::int64_t bytes_per_second);
  Answer Exchange(const Call& call);
  Answer ReadAnswer(bool has_body = true);
  std::string ReadBody(const Answer& answer);
  std::string ReadChunks();
  void Fill();
  std::string TakeLine();
  std::string TakeBytes(std::size_t count);

  std::string origin_;
  std::chrono::milliseconds timeout_;
  int socket_ = -1;
  std::string input_;
  bool has_ended_ = false;
};

/// The request as it goes over the wire.
std::string RenderHead(const Call& call, std::string_view host);
std::string RenderChunks(std::string_view body);

}  // namespace outpost::tests
