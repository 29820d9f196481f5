#include "store/sftp/testing/ssh_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include "base/problem.h"

namespace outpost::sftp_testing {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSshd = "/usr/sbin/sshd";
constexpr const char* kKeygen = "/usr/bin/ssh-keygen";
constexpr int kStartLooks = 200;
constexpr std::chrono::milliseconds kPause{50};

pid_t Spawn(std::vector<std::string> program, const fs::path& log) {
  std::vector<char*> pointers;
  for (auto& argument : program) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(),
                                   O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  pid_t id = -1;
  const int error =
      ::posix_spawn(&id, pointers.front(), &actions, nullptr, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return error == 0 ? id : -1;
}

sockaddr_in Loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

std::uint16_t FreePort() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = Loopback(0);
  socklen_t size = sizeof address;
  OUTPOST_CHECK(::bind(socket, reinterpret_cast<sockaddr*>(&address), size) == 0);
  OUTPOST_CHECK(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  ::close(socket);
  return ntohs(address.sin_port);
}

bool Answers(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = Loopback(port);
  const bool is_there =
      ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return is_there;
}

void MakeKey(const fs::path& file) {
  const auto id = Spawn({kKeygen, "-q", "-t", "ed25519", "-N", "", "-f", file.string()},
                        file.string() + ".log");
  OUTPOST_CHECK(id > 0 && ::waitpid(id, nullptr, 0) == id);
}

std::string TextOf(const fs::path& file) {
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

}  // namespace

SshServer::SshServer(const fs::path& folder) : folder_(folder) {
  for (const char* program : {kSshd, kKeygen, "/usr/bin/ssh", kSftpServer}) {
    if (!fs::exists(program)) {
      missing_ = std::string(program) + " is not installed (openssh-server, openssh-client)";
      return;
    }
  }
  fs::create_directories(folder_);
  MakeKey(folder_ / "host_key");
  MakeKey(folder_ / "user_key");
  port_ = FreePort();
  WriteFiles();
  Start();
}

std::string SshServer::user() const { return ::getpwuid(::geteuid())->pw_name; }

void SshServer::WriteFiles() {
  fs::copy(folder_ / "user_key.pub", folder_ / "authorized_keys",
           fs::copy_options::overwrite_existing);
  std::ofstream(folder_ / "known_hosts") << "outpost-test " << TextOf(folder_ / "host_key.pub");
  std::ofstream(folder_ / "sshd_config")
      << "Port " << port_ << "\nListenAddress 127.0.0.1\nHostKey "
      << (folder_ / "host_key").string() << "\nAuthorizedKeysFile "
      << (folder_ / "authorized_keys").string()
      << "\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n"
         "KbdInteractiveAuthentication no\nPidFile none\nAllowTcpForwarding no\n"
         "MaxStartups 100\nSubsystem sftp "
      << kSftpServer << "\n";
  std::ofstream(client_config()) << "Host *\n  IdentityFile " << (folder_ / "user_key").string()
                                 << "\n  IdentitiesOnly yes\n  IdentityAgent none\n"
                                    "  UserKnownHostsFile "
                                 << (folder_ / "known_hosts").string()
                                 << "\n  GlobalKnownHostsFile /dev/null\n"
                                    "  HostKeyAlias outpost-test\n  StrictHostKeyChecking yes\n";
}

void SshServer::Start() {
  std::error_code ignored;
  if (::geteuid() == 0) fs::create_directory("/run/sshd", ignored);  // as its service does
  id_ = Spawn({kSshd, "-D", "-e", "-f", (folder_ / "sshd_config").string()}, folder_ / "sshd.log");
  for (int look = 0; id_ > 0 && look < kStartLooks; ++look) {
    if (Answers(port_)) return;
    std::this_thread::sleep_for(kPause);
  }
  missing_ = "sshd does not start here: " + TextOf(folder_ / "sshd.log");
}

SshServer::~SshServer() {
  if (id_ <= 0) return;
  ::kill(id_, SIGTERM);
  ::waitpid(id_, nullptr, 0);
}

void SshServer::ForgetHostKey() {
  std::ofstream(folder_ / "known_hosts") << "outpost-test " << TextOf(folder_ / "user_key.pub");
}

void SshServer::ForgetUserKey() { std::ofstream(folder_ / "authorized_keys") << ""; }

}  // namespace outpost::sftp_testing
