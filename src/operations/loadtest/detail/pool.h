#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "operations/loadtest/detail/connection.h"

namespace outpost::loadtest::detail {

/// After an error a connection waits this long: a phone does not hammer either.
inline constexpr std::int64_t kPauseMicros = 100'000;

/// Waits for sockets, in one thread.
class Loop {
 public:
  Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop();

  void Watch(Connection& connection);
  /// Until something is ready, at most so long.
  void Wait(std::int64_t micros, const std::function<void(Connection&)>& ready);

 private:
  int epoll_;
};

/// Connections to one server, each with at most one request under way.
class Pool {
 public:
  struct Plan {
    std::string address;
    std::uint16_t port = 0;
    int connections = 1;
    std::int64_t bytes_per_second = 0;  // 0: not throttled
  };

  /// `cannot_connect` is told of each attempt that fails.
  Pool(Loop& loop, Plan plan, std::function<void()> cannot_connect);

  void OpenAll();
  /// Empty when all are busy or resting.
  Connection* TakeIdle();
  bool has_idle() const { return !idle_.empty(); }
  void GiveBack(Connection& connection) { idle_.push_back(&connection); }
  /// Not before kPauseMicros.
  void Rest(Connection& connection);
  /// Closes it; a new one after a rest.
  void Retire(Connection& connection);
  void ReopenRested(std::int64_t now);
  /// At most `wait`, less when one has rested before.
  std::int64_t UntilRested(std::int64_t now, std::int64_t wait) const;

  std::vector<std::unique_ptr<Connection>>& connections() { return connections_; }
  bool has_busy() const;

 private:
  void Open(Connection& connection);

  Loop& loop_;
  Plan plan_;
  std::function<void()> cannot_connect_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<Connection*> idle_;
  std::deque<std::pair<std::int64_t, Connection*>> resting_;  // until when; in order
};

/// Microseconds of processor that this process has taken.
std::int64_t CpuMicros();

}  // namespace outpost::loadtest::detail
