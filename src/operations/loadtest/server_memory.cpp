#include "operations/loadtest/server_memory.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <fstream>
#include <string>

namespace outpost::loadtest {

std::optional<int> ServerProcess(const std::filesystem::path& admin_socket) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto path = admin_socket.string();
  if (path.size() >= sizeof address.sun_path) return std::nullopt;
  path.copy(address.sun_path, path.size());
  const int door = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ucred peer{};
  socklen_t length = sizeof peer;
  const bool is_known =
      door >= 0 &&
      ::connect(door, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      ::getsockopt(door, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0;
  if (door >= 0) ::close(door);
  return is_known ? std::optional<int>(peer.pid) : std::nullopt;
}

std::optional<ProcessMemory> MemoryOf(int process) {
  constexpr std::int64_t kKilo = 1024;
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  ProcessMemory memory;
  bool is_known = false;
  for (std::string name; status >> name;) {
    std::int64_t kilobytes = 0;
    if (name == "VmRSS:" && status >> kilobytes) {
      memory.resident_bytes = kilobytes * kKilo;
      is_known = true;
    } else if (name == "RssAnon:" && status >> kilobytes) {
      memory.own_bytes = kilobytes * kKilo;
    }
  }
  return is_known ? std::optional(memory) : std::nullopt;
}

}  // namespace outpost::loadtest
