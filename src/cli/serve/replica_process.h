#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

/// A standby as a process (operations/standby): follows, answers monitors, refuses everybody else
/// with 503 so that phones keep their forms, and becomes the server when it is told to.
namespace outpost::cli {

struct ReplicaOptions {
  std::filesystem::path data;
  std::string from;
  std::filesystem::path key_file;
  std::vector<std::string> listen;
  std::chrono::milliseconds pause{250};
};

class ReplicaProcess {
 public:
  /// @throws Problem with a remedy
  explicit ReplicaProcess(const ReplicaOptions& options);
  ~ReplicaProcess();

  std::vector<std::string> addresses() const;
  /// Until it is stopped by a signal (false) or promoted (true). The folder is free then.
  bool Run();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace outpost::cli
