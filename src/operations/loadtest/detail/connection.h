#pragma once

#include <cstdint>
#include <string>

#include "operations/loadtest/detail/answer_reader.h"

namespace outpost::loadtest::detail {

/// One non-blocking connection with at most one request under way.
class Connection {
 public:
  enum class State : std::uint8_t {
    kClosed,  // Connect next
    kConnecting,
    kIdle,
    kSending,
    kAwaiting,
  };
  enum class Event : std::uint8_t { kNothing, kConnected, kAnswered, kLost };

  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { Close(); }

  /// Read at most so many bytes a second from now on; 0: as they come. Before Connect.
  void Throttle(std::int64_t bytes_per_second) { bytes_per_second_ = bytes_per_second; }
  /// False when the system refuses at once.
  bool Connect(const std::string& address, std::uint16_t port);
  void Close();

  /// Sends what `out()` holds; the request counts from `due`. The answer's body goes to `sink`.
  Event Send(std::int64_t due, AnswerReader::Sink sink = {});
  /// What the socket's readiness brings about. Readiness is told once: a throttled connection must
  /// also be asked while it is awaiting.
  Event OnReady();

  std::string& out() { return out_; }
  const AnswerReader::Answer& answer() const { return answer_; }
  State state() const { return state_; }
  bool is_busy() const { return state_ == State::kSending || state_ == State::kAwaiting; }
  bool is_throttled() const { return bytes_per_second_ > 0; }
  /// When the first byte of the answer came; 0: not yet.
  std::int64_t first_byte() const { return first_byte_; }
  /// When bytes came last; 0: not yet.
  std::int64_t last_byte() const { return last_byte_; }
  int socket() const { return socket_; }
  std::int64_t due() const { return due_; }
  std::uint64_t bytes_sent() const { return bytes_sent_; }
  std::uint64_t bytes_received() const { return bytes_received_; }

 private:
  Event Push();
  Event Pull();
  /// How many bytes may be read now.
  std::size_t Allowance() const;

  int socket_ = -1;
  State state_ = State::kClosed;
  std::string out_;
  std::size_t pushed_ = 0;
  AnswerReader reader_;
  AnswerReader::Answer answer_;
  std::int64_t due_ = 0, first_byte_ = 0, last_byte_ = 0;
  std::int64_t bytes_per_second_ = 0, reading_since_ = 0, read_since_ = 0;
  std::uint64_t bytes_sent_ = 0, bytes_received_ = 0;
};

}  // namespace outpost::loadtest::detail
