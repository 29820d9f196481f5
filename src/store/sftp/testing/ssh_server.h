#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>

namespace outpost::sftp_testing {

/// Debian's own; speaks SFTP on standard input and output.
inline constexpr const char* kSftpServer = "/usr/lib/openssh/sftp-server";

/// A real sshd on a port of loopback, with keys of its own that are known to nobody else. Who runs
/// the test may sign in, and nobody else.
class SshServer {
 public:
  /// Keys, configuration and log go into `folder`.
  explicit SshServer(const std::filesystem::path& folder);
  ~SshServer();
  SshServer(const SshServer&) = delete;
  SshServer& operator=(const SshServer&) = delete;

  /// Why there is none on this machine; else empty.
  const std::string& missing() const { return missing_; }
  std::uint16_t port() const { return port_; }
  std::string user() const;
  /// For `ssh -F`: the right key, and the host's key under an alias, so that another port will do.
  std::filesystem::path client_config() const { return folder_ / "ssh_config"; }
  /// Makes the host's key another one than the client knows.
  void ForgetHostKey();
  /// Lets nobody in.
  void ForgetUserKey();

 private:
  void WriteFiles();
  void Start();

  const std::filesystem::path folder_;
  std::string missing_;
  std::uint16_t port_ = 0;
  pid_t id_ = -1;
};

}  // namespace outpost::sftp_testing
