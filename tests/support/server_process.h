#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

/// The real program as a child process: started, killed, stopped and started again on one data
/// folder. It dies with the test, however the test ends.
namespace outpost::tests {

class ServerError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct ServerPlan {
  std::string program;                          // path of the binary
  std::filesystem::path folder;                 // holds the data folder and the logs
  std::string database;                         // empty: SQLite
  std::map<std::string, std::string> settings;  // "limits.head_seconds" -> "2"
  std::map<std::string, std::string> environment;
  /// Instead of "serve" with test doors: a verb and its options, which goes on to serve later.
  std::vector<std::string> verb = {};
};

/// A start or stop that takes longer fails the test.
inline constexpr std::chrono::seconds kStartTimeMax{60};
inline constexpr std::chrono::seconds kStopTimeMax{60};

/// Threads: start from the main thread (the child's life hangs on the thread that made it); Kill
/// and the getters from any one thread at a time.
class ServerProcess {
 public:
  explicit ServerProcess(ServerPlan plan) : plan_(std::move(plan)) {}
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  /// Returns when the server says that it listens.
  /// @throws ServerError with the end of its log when it does not start.
  void Start();
  /// kill -9, as a power cut for the process.
  void Kill();
  /// After another program took its place in the same process: waits until that one listens.
  void AwaitSuccessor();
  /// Only sends the signal of Kill, from any thread, while no other one starts or ends the server.
  void ShootDown() const;
  /// SIGTERM. @throws ServerError when it does not stop in time or not with exit code 0, which is
  /// also how a sanitizer's finding or a leak shows.
  void Stop();
  /// Waits until it ends by itself. @returns false when it is still running after `time`.
  bool WaitForEnd(std::chrono::milliseconds time);

  bool is_running();
  const std::string& origin() const { return origin_; }
  std::string admin_origin() const { return "unix:" + (data() / "admin.sock").string(); }
  std::filesystem::path data() const { return plan_.folder / "data"; }
  ServerPlan& plan() { return plan_; }
  const ServerPlan& plan() const { return plan_; }

  /// Resident memory now, and its peak since the last ResetPeak.
  std::int64_t resident_bytes() const;
  std::int64_t peak_bytes() const;
  void ResetPeak() const;

  /// What it printed since the last start.
  std::string output() const;
  /// Its log since the last start.
  std::string log_text() const;
  /// The end of that, for messages.
  std::string log_tail() const;
  /// @throws ServerError when a sanitizer has written into the log.
  void CheckLog() const;

 private:
  void Launch();
  void AwaitReady(std::size_t output_before = 0);
  void Reap();

  ServerPlan plan_;
  pid_t process_ = -1;
  int exit_status_ = 0;
  int starts_ = 0;
  std::string origin_;
};

/// True in builds with the address or thread sanitizer: memory and time limits are wider there.
bool IsSanitized();

}  // namespace outpost::tests
