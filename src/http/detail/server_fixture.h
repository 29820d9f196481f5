#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "http/client.h"
#include "http/server.h"

/// For tests: a real server on a free port of 127.0.0.1, and a socket to say anything to it.
namespace outpost::http::detail {

/// A folder that goes with its owner.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Talks bytes, not HTTP.
class RawConnection {
 public:
  explicit RawConnection(const std::string& address);
  ~RawConnection();
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  /// False when the server does not take them any more.
  bool Send(std::string_view bytes);
  /// Everything until the server closes, or nothing came for `patience`.
  std::string ReadToEnd(std::chrono::milliseconds patience = std::chrono::seconds(10));
  /// Until `text` came; what came so far.
  std::string ReadUntil(std::string_view text);
  bool was_reset() const { return was_reset_; }
  bool has_ended() const { return has_ended_; }

 private:
  bool ReadSome(std::chrono::milliseconds patience);

  int socket_;
  std::string received_;
  bool has_ended_ = false;
  bool was_reset_ = false;
};

struct TestServer {
  ScratchFolder folder;
  Router router;
  Router admin;
  ScriptedClock clock{Instant{1'700'000'000'000'000}};  // Tue, 14 Nov 2023 22:13:20 GMT
  MetricRegistry metrics;
  ServerOptions options;
  ProblemRenderer renderer;
  std::unique_ptr<Server> server;

  TestServer();
  ~TestServer();

  void Start();
  std::string address(std::size_t listener = 0) const;
  Client NewClient() const { return Client("http://" + address()); }
  /// Sends the bytes on a new connection and reads to the end of it.
  std::string Exchange(std::string_view bytes) const;
};

/// The status of an answer's first line, 0 when it is none.
int StatusOf(std::string_view answer);
/// How many answers a text of whole answers holds.
int CountAnswers(std::string_view text);

}  // namespace outpost::http::detail
