#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/pacer.h"

/// Files on another machine, over SFTP. The connection is the program `ssh` of the machine: keys,
/// agents, jump hosts, known hosts and their configuration are its business and work as people know
/// them; we speak SFTP over its pipe and see no key.
namespace outpost::sftp {

struct Remote {
  std::string user, host;  // empty user: as ssh is configured
  std::uint16_t port = 0;  // 0: as ssh is configured
  std::filesystem::path config;
};

/// `ssh … -s HOST sftp`, never asking anybody anything.
std::vector<std::string> SshProgram(const Remote& remote);

struct ClientOptions {
  std::vector<std::string> program;  // speaks SFTP on its standard input and output
  std::string where;                 // as people write it, for messages
  std::shared_ptr<Pacer> pacer;      // may be null
  std::chrono::milliseconds answer_time{60'000};
  int tries = 4;
  std::chrono::milliseconds first_pause{500};  // before the second try, then twice as long
};

struct RemoteFile {
  std::string name;  // below the folder that was listed
  std::int64_t bytes = 0;
};

/// Threads: any; one operation at a time. A connection that breaks is made anew and the operation
/// done again. Failures are Problems:
///   kBusy      cannot be reached, silent or broken off, after all tries
///   kForbidden ssh was not let in, or does not know the host's key; or no right to a file
///   kNotFound, kStorageFull, kTooLarge, kPaused (interrupted), kMalformed, kInternal
class Client {
 public:
  explicit Client(ClientOptions options);
  ~Client();

  /// Under a temporary name, written to the disk (fsync@openssh.com) and then renamed over `path`
  /// (posix-rename@openssh.com), as far as the server has these; OpenSSH's has both. Missing
  /// folders below `root` are made, `root` itself is not.
  void Put(const std::string& root, std::string_view name, std::string_view bytes);
  std::string Get(const std::string& path, std::size_t bytes_max);
  bool Has(const std::string& path);  // a file
  void Remove(const std::string& path);
  /// All files below the folder, at any depth; those whose name begins with a dot are left out.
  /// Nothing when it is absent.
  std::vector<RemoteFile> List(const std::string& folder);
  /// With those above it.
  void MakeFolder(const std::string& path);
  /// Empty when the server cannot tell.
  std::optional<std::int64_t> FreeBytes(const std::string& path);

  void Interrupt();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace outpost::sftp
