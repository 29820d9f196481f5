#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <set>
#include <string>

#include "base/text.h"
#include "operations/doctor/detail/checks.h"

namespace outpost::doctor::detail {
namespace {

namespace fs = std::filesystem;

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

struct Place {
  std::string host;
  std::string port;
};

/// "[::1]:80" and "127.0.0.1:80"; an empty host when it is neither.
Place PlaceOf(std::string_view address) {
  const auto colon = address.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return {};
  auto host = address.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  return {std::string(host), std::string(address.substr(colon + 1))};
}

Addresses Resolve(const Place& place, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags;
  addrinfo* list = nullptr;
  if (::getaddrinfo(place.host.c_str(), place.port.empty() ? nullptr : place.port.c_str(), &hints,
                    &list) != 0) {
    return nullptr;
  }
  return Addresses(list);
}

/// 0 when the address can be bound, else errno.
int TryToBind(const addrinfo& address) {
  const int socket = ::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return errno;
  const int on = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  int error = ::bind(socket, address.ai_addr, address.ai_addrlen) == 0 ? 0 : errno;
  if (error == 0 && ::listen(socket, 1) != 0) error = errno;
  ::close(socket);
  return error;
}

/// Inodes of the sockets that listen on a port, from lines such as
/// "0: 0100007F:1F40 00000000:0000 0A … inode …".
std::set<std::string> Listening(const fs::path& system_root, int port) {
  std::set<std::string> inodes;
  for (const auto* table : {"proc/net/tcp", "proc/net/tcp6"}) {
    std::ifstream in(system_root / table);
    std::string line;
    while (std::getline(in, line)) {
      std::vector<std::string_view> fields;
      for (const auto field : Split(Trim(line), ' ')) {
        if (!field.empty()) fields.push_back(field);
      }
      constexpr std::size_t kInodeField = 9;
      constexpr std::string_view kListen = "0A";
      if (fields.size() <= kInodeField || fields[3] != kListen) continue;
      if (fields[1].ends_with(fmt::format(":{:04X}", port))) inodes.emplace(fields[kInodeField]);
    }
  }
  return inodes;
}

bool HoldsOne(const fs::path& process, const std::set<std::string>& inodes) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(process / "fd", error)) {
    std::error_code unreadable;
    const auto target = fs::read_symlink(entry.path(), unreadable).string();
    constexpr std::string_view kPrefix = "socket:[";
    if (target.starts_with(kPrefix) &&
        inodes.contains(target.substr(kPrefix.size(), target.size() - kPrefix.size() - 1))) {
      return true;
    }
  }
  return false;
}

/// The process that listens on a port; 0 when it cannot be seen.
pid_t HolderOf(const fs::path& system_root, int port) {
  const auto inodes = Listening(system_root, port);
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(system_root / "proc", error)) {
    const auto pid = ParseInt(entry.path().filename().string());
    if (pid && HoldsOne(entry.path(), inodes)) return static_cast<pid_t>(*pid);
  }
  return 0;
}

std::string ProcessName(const fs::path& system_root, pid_t pid) {
  std::ifstream in(system_root / fmt::format("proc/{}/comm", pid));
  std::string name;
  std::getline(in, name);
  return name;
}

Finding JudgeTaken(const DoctorInput& input, const ListenAddress& listen, int port,
                   std::optional<pid_t> server) {
  const auto holder = HolderOf(input.system_root, port);
  if (server && holder == *server) {
    return {"port", Judgement::kOk, fmt::format("{}: held by this server", listen.address), ""};
  }
  if (holder == 0) {
    const bool may_be_ours = server.has_value();
    return {"port", may_be_ours ? Judgement::kOk : Judgement::kFailure,
            fmt::format("{}: in use{}", listen.address,
                        may_be_ours ? ", the server is running" : " by another account's process"),
            may_be_ours ? "" : "Find it with: ss -ltnp. Stop it, or choose another port."};
  }
  return {"port", Judgement::kFailure,
          fmt::format("{}: held by process {} ({})", listen.address, holder,
                      ProcessName(input.system_root, holder)),
          "Stop that program, or choose another port with --listen."};
}

Finding JudgeAddress(const DoctorInput& input, const ListenAddress& listen,
                     std::optional<pid_t> server) {
  const auto place = PlaceOf(listen.address);
  const auto port = ParseInt(place.port).value_or(-1);
  const auto addresses = Resolve(place, AI_NUMERICHOST | AI_PASSIVE);
  constexpr std::int64_t kPortMax = 65'535;
  if (place.host.empty() || port < 0 || port > kPortMax || addresses == nullptr) {
    return {"port", Judgement::kFailure, listen.address + ": not an address and port",
            "Write it as 0.0.0.0:8000 or [::]:8000."};
  }
  const int error = TryToBind(*addresses);
  switch (error) {
    case 0:
      return {"port", Judgement::kOk, listen.address + ": free", ""};
    case EADDRINUSE:
      return JudgeTaken(input, listen, static_cast<int>(port), server);
    case EACCES:
      return {"port", Judgement::kFailure, listen.address + ": this account may not use it",
              "Ports below 1024 need a right: AmbientCapabilities=CAP_NET_BIND_SERVICE in the "
              "service, or setcap cap_net_bind_service=+ep on the program."};
    case EADDRNOTAVAIL:
      return {"port", Judgement::kFailure, listen.address + ": this machine has no such address",
              "See the addresses with: ip address. 0.0.0.0 means all of them."};
    default:
      return {"port", Judgement::kFailure, listen.address + ": " + std::strerror(error),
              "Choose another address with --listen."};
  }
}

void CheckHostName(const DoctorInput& input, Findings& findings) {
  if (input.public_host.empty()) return;
  const auto addresses = Resolve({input.public_host, ""}, 0);
  if (addresses == nullptr) {
    findings.push_back({"host name", Judgement::kWarning, input.public_host + " has no address",
                        "Add an A or AAAA record for it, and wait until it is known."});
    return;
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::getnameinfo(addresses->ai_addr, addresses->ai_addrlen, text.data(), text.size(), nullptr, 0,
                NI_NUMERICHOST);
  findings.push_back({"host name", Judgement::kOk,
                      fmt::format("{} leads to {}", input.public_host, text.data()), ""});
}

}  // namespace

void CheckPorts(const DoctorInput& input, std::optional<pid_t> server, Findings& findings) {
  for (const auto& listen : input.listen) {
    findings.push_back(JudgeAddress(input, listen, server));
  }
  CheckHostName(input, findings);
}

}  // namespace outpost::doctor::detail
