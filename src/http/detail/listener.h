#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <string>

#include "http/detail/loop.h"

namespace outpost::http::detail {

/// Opens a listening socket for "127.0.0.1:8000", "[::1]:8000" or "host:8000".
/// @throws Problem kUnknownSetting or kConflict with what to do.
int ListenOn(const std::string& address);
/// The same for a local socket, mode 0600; an old socket file is replaced.
int ListenLocally(const std::string& path);
/// "127.0.0.1:43121": where a socket listens.
std::string AddressOf(int socket);

/// Takes connections from one listening socket on one loop's thread and hands them out.
class Acceptor {
 public:
  using Sink = std::function<void(int socket, Peer peer)>;

  /// Owns the socket. `peer` says what all its connections have in common.
  Acceptor(Loop& loop, int socket, Peer peer, Sink sink);

  /// From the loop's thread.
  void Start();
  void Close();

 private:
  void Wait();
  void AcceptAll();
  void Pause();
  void TakeOne(int socket, std::string address);

  Loop& loop_;
  boost::asio::posix::stream_descriptor socket_;
  boost::asio::steady_timer pause_;
  const Peer peer_;
  const Sink sink_;
};

}  // namespace outpost::http::detail
