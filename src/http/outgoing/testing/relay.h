#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace outpost::http_testing {

/// A wire on loopback that can be cut: takes connections on a port of its own and hands their bytes
/// on to another one. Threads: any.
class Relay {
 public:
  explicit Relay(std::uint16_t to);
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  std::uint16_t port() const { return port_; }
  /// Connections are refused, and those that are open end.
  void TakeAway();
  void BringBack();
  /// Ends every connection that is open.
  void Cut();
  /// The next connection ends after so many bytes, both ways together; once.
  void CutNextAfter(std::int64_t bytes) { cut_after_ = bytes; }
  /// What is sent is taken, and nobody answers any more: also not the ends of connections.
  void Silence(bool is_silent) { is_silent_ = is_silent; }
  int connections() const { return connections_; }

 private:
  void Accept();
  void Carry(int from, std::int64_t limit);
  void Listen();

  const std::uint16_t to_;
  std::uint16_t port_ = 0;
  std::atomic<int> listener_{-1};
  std::atomic<bool> is_over_{false}, is_silent_{false};
  std::atomic<std::int64_t> cut_after_{-1};
  std::atomic<int> cuts_{0};
  std::atomic<int> connections_{0};
  std::mutex mutex_;
  std::vector<std::thread> carriers_;
  std::thread acceptor_;
};

}  // namespace outpost::http_testing
