#pragma once

#include <chrono>
#include <cstdint>
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
namespace outpost::http {

struct Limits {
  std::size_t head_bytes = 32 * 1024;             // request line and headers: 431
  std::chrono::seconds head_time{10};             // whole head after the first byte: 408
  std::chrono::seconds idle_time{75};             // between requests of a kept connection
  std::chrono::seconds body_idle_time{60};        // between two bytes of a body: 408
  std::chrono::seconds body_time{900};            // whole body: 408
  std::chrono::seconds write_time{900};           // whole answer
  std::size_t connections = 10'000;               // further ones are closed at once
  std::int64_t spool_bytes = 4LL << 30;           // all spooled bodies together: 503
  std::size_t queue_requests = 4'096;             // waiting for a worker, per group: 503
};

struct TlsOptions {
  /// One folder per host name, each with fullchain.pem and privkey.pem; "default" answers unknown
  /// names. Checked for changes every 10 s.
  std::filesystem::path certificates;
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
  int web_threads = 4;
};

/// Turns what a handler threw into the answer in the caller's format; default: JSON {"error": …}
/// under /a/<domain>/api/, else plain text. Never shows detail().
using ProblemRenderer = std::function<Response(const Request&, const std::exception_ptr&)>;

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
  /// Stops accepting, lets running requests finish for up to `grace`, then closes.
  void Stop(std::chrono::milliseconds grace);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace outpost::http
