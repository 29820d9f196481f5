#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <list>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "http/detail/core.h"
#include "http/detail/exchange.h"

namespace outpost::http::detail {

class Session;

/// Who is at the other end.
struct Peer {
  std::string address;
  bool is_tls = false;
  bool is_local = false;  // the admin socket
};

/// One I/O thread with its connections. Members without a note are for that thread only.
class Loop {
 public:
  /// How finely deadlines are kept. One look over all connections is cheaper than a timer each.
  static constexpr std::chrono::milliseconds kTick{100};
  static constexpr std::size_t kReadBytes = 64 * 1024;

  explicit Loop(Core& core);
  ~Loop();

  void Start();
  /// From any thread: take over a connected, non-blocking socket.
  void Adopt(int socket, Peer peer);
  /// From any thread: close what is idle; the rest closes after its answer.
  void BeginStop();
  /// From any thread: closes everything and ends the thread.
  void Stop();

  Core& core() { return core_; }
  boost::asio::io_context& context() { return context_; }
  const std::shared_ptr<Inbox>& inbox() const { return inbox_; }
  /// One buffer for reads of all connections: what a request does not use at once, its session
  /// copies. Idle connections hold no buffer.
  std::vector<char>& scratch() { return scratch_; }
  /// The Date header's value.
  const std::string& Date();
  std::string NewRequestId();
  void Remove(const std::list<std::shared_ptr<Session>>::iterator& place);

 private:
  void Deliver();
  void Tick();
  template <class Action>
  void ForEach(const Action& action);

  Core& core_;
  boost::asio::io_context context_{1};
  boost::asio::steady_timer tick_{context_};
  std::shared_ptr<Inbox> inbox_;
  std::vector<char> scratch_;
  std::list<std::shared_ptr<Session>> sessions_;
  std::string date_;
  std::int64_t date_second_ = -1;
  std::string id_prefix_;
  std::uint64_t ids_ = 0;
  std::thread thread_;
};

}  // namespace outpost::http::detail
