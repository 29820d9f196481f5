#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "http/message.h"
#include "http/router.h"

/// The HTTP/1.1 server. Connections are served by a few I/O threads, handlers by worker threads,
/// one group per kind of caller. Every limit has a name here.
///
/// On every answer, also those the server makes itself: Date, X-Request-Id, nosniff. Metrics:
/// outpost.http.requests{route,status}, outpost.http.duration{route} (to the first byte of the
/// answer), outpost.http.connections.
namespace outpost::http {

struct Limits {
  std::size_t head_bytes = 32 * 1024;       // request line and headers: 431
  std::chrono::seconds head_time{10};       // whole head after the first byte: 408
  std::chrono::seconds idle_time{75};       // between requests of a kept connection
  std::chrono::seconds body_idle_time{60};  // between two bytes of a body: 408
  std::chrono::seconds body_time{900};      // whole body: 408
  std::chrono::seconds write_time{900};     // whole answer
  std::size_t connections = 10'000;         // further ones are closed at once
  std::int64_t spool_bytes = 4LL << 30;     // all spooled bodies together: 503
  std::size_t queue_requests = 4'096;       // waiting for a worker, per group: 503
};

/// What Retry-After says when the server itself is overloaded.
inline constexpr int kRetryAfterSeconds = 10;

/// After a refusal the rest of the request is read over, so that the client sees the answer and not
/// a reset connection; up to so much.
inline constexpr std::int64_t kLingerBytesMax = 64LL << 20;
inline constexpr std::chrono::seconds kLingerTime{10};

struct TlsOptions {
  /// One folder per host name, each with fullchain.pem and privkey.pem; "default" answers unknown
  /// names. A changed pair that cannot be used leaves the old one in place and is logged.
  std::filesystem::path certificates;
  std::chrono::milliseconds check_interval{10'000};
};

struct Listener {
  std::string address;  // "127.0.0.1:8000", "[::1]:8000"
  bool is_tls = false;
};

struct ServerOptions {
  std::vector<Listener> listeners;
  std::filesystem::path admin_socket;  // empty: none; mode 0600
  std::filesystem::path spool;         // folder for large bodies
  TlsOptions tls;
  std::vector<std::string> trusted_proxies;  // addresses or CIDR whose X-Forwarded-* count
  Limits limits;
  int io_threads = 1;
  int mobile_threads = 4;
  int sync_threads = 2;
  int web_threads = 4;
  bool log_requests = true;  // one line "http.request" each
};

/// Turns what a handler threw, or what the server itself refuses (404, 405, 408, 413, 415, 503),
/// into the answer in the caller's format. Never shows detail(). Runs on worker and I/O threads:
/// it must be quick. Empty: RenderProblemPlainly.
using ProblemRenderer = std::function<Response(const Request&, const std::exception_ptr&)>;

/// JSON {"error": …} under /a/<domain>/api/, else plain text; Retry-After with 429 and, outside the
/// API, with 503.
Response RenderProblemPlainly(const Request& request, const std::exception_ptr& failure);

class Server {
 public:
  /// Routers must outlive the server and not change any more. The admin socket serves `admin` only.
  Server(ServerOptions options, const Router& router, const Router& admin, const Clock& clock,
         MetricRegistry& metrics, ProblemRenderer renderer);
  ~Server();

  /// Binds everything and returns. @throws Problem when an address cannot be bound, with a remedy.
  void Start();
  /// Bound addresses with real ports, in the order of options.listeners.
  std::vector<std::string> addresses() const;
  /// Stops accepting, lets running requests finish for up to `grace`, then closes. Returns when the
  /// handlers that run have returned; answers that come later are dropped. The destructor does it
  /// without grace.
  void Stop(std::chrono::milliseconds grace);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace outpost::http
