#pragma once

#include <cstdint>
#include <string>

#include "operations/loadtest/detail/answer_reader.h"
#include "operations/loadtest/form_source.h"

namespace outpost::loadtest::detail {

/// One non-blocking connection with at most one form under way.
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

  /// False when the system refuses at once.
  bool Connect(const std::string& address, std::uint16_t port);
  void Close();

  /// Sends what `out()` holds; the form counts from `due`.
  Event Send(const PreparedForm& form, std::int64_t due);
  /// What the socket's readiness brings about.
  Event OnReady();

  std::string& out() { return out_; }
  const PreparedForm& form() const { return form_; }
  const AnswerReader::Answer& answer() const { return answer_; }
  State state() const { return state_; }
  bool has_form() const { return state_ == State::kSending || state_ == State::kAwaiting; }
  int socket() const { return socket_; }
  std::int64_t due() const { return due_; }
  std::uint64_t bytes_sent() const { return bytes_sent_; }
  std::uint64_t bytes_received() const { return bytes_received_; }

 private:
  Event Push();
  Event Pull();

  int socket_ = -1;
  State state_ = State::kClosed;
  std::string out_;
  std::size_t pushed_ = 0;
  AnswerReader reader_;
  AnswerReader::Answer answer_;
  PreparedForm form_;
  std::int64_t due_ = 0;
  std::uint64_t bytes_sent_ = 0, bytes_received_ = 0;
};

}  // namespace outpost::loadtest::detail
