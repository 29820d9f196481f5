#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace outpost::sftp::detail {

/// A program that speaks packets on its standard input and output. It ends with this object.
/// Threads: one at a time.
class Pipe {
 public:
  /// `where` is for messages. @throws Problem kInternal when it cannot be started
  Pipe(const std::vector<std::string>& program, std::string where,
       std::chrono::milliseconds answer_time, const std::atomic<bool>& is_interrupted);
  ~Pipe();
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  /// A program that has ended is found by Receive.
  /// @throws Problem kBusy when it takes nothing for the answer time, kPaused
  void Send(std::string_view bytes);
  /// The next packet, without its length. @throws Problem kBusy, kPaused, kMalformed
  std::string Receive();
  /// The last words that the program wrote on its standard error, in one line.
  std::string Complaint() const;

 private:
  /// Waits until it can read, or also write. False: nothing happened for so long.
  bool Await(short events) const;
  void ReadSome();
  [[noreturn]] void Fail(const std::string& what) const;

  const std::string where_;
  const std::chrono::milliseconds answer_time_;
  const std::atomic<bool>& is_interrupted_;
  int socket_ = -1;
  int complaints_ = -1;
  pid_t id_ = -1;
  std::string received_;
};

}  // namespace outpost::sftp::detail
