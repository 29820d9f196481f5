#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/utsname.h>

#include <fstream>
#include <map>
#include <string>

#include "base/text.h"
#include "operations/doctor/detail/checks.h"

namespace outpost::doctor::detail {
namespace {

constexpr std::int64_t kOpenFilesMin = 65'536;
constexpr double kMemoryBytesFailure = 400e6;
constexpr double kMemoryBytesWarning = 900e6;
constexpr double kAvailableBytesWarning = 300e6;
constexpr double kSwapShareWarning = 0.25;
constexpr int kKernelMajorMin = 5;

/// The soft limit of the running server, else of this process.
std::int64_t OpenFilesLimit(const DoctorInput& input, std::optional<pid_t> server) {
  if (server.value_or(0) > 0) {
    std::ifstream in(input.system_root / fmt::format("proc/{}/limits", *server));
    std::string line;
    constexpr std::string_view kRow = "Max open files";
    while (std::getline(in, line)) {
      if (!line.starts_with(kRow)) continue;
      const auto rest = Trim(std::string_view(line).substr(kRow.size()));
      const auto soft = rest.substr(0, rest.find(' '));
      return soft == "unlimited" ? kOpenFilesMin : ParseInt(soft).value_or(0);
    }
  }
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  return static_cast<std::int64_t>(std::min<rlim_t>(limit.rlim_cur, 1u << 30));
}

void CheckOpenFiles(const DoctorInput& input, std::optional<pid_t> server, Findings& findings) {
  const auto limit = OpenFilesLimit(input, server);
  const bool is_enough = limit >= kOpenFilesMin;
  findings.push_back({"open files", is_enough ? Judgement::kOk : Judgement::kWarning,
                      fmt::format("{} at a time {}", limit,
                                  server ? "for the server" : "for a program started from here"),
                      is_enough ? ""
                                : "LimitNOFILE=65536 in the service, or ulimit -n 65536: each "
                                  "phone is an open file."});
}

std::map<std::string, double> ReadMemory(const DoctorInput& input) {
  std::ifstream in(input.system_root / "proc/meminfo");
  std::map<std::string, double> bytes;
  std::string key, unit;
  double kib = 0;
  while (in >> key >> kib) {
    std::getline(in, unit);
    bytes[key] = kib * 1024;
  }
  return bytes;
}

void CheckMemory(const DoctorInput& input, Findings& findings) {
  auto memory = ReadMemory(input);
  const double all = memory["MemTotal:"];
  const double available = memory["MemAvailable:"];
  auto judgement = Judgement::kOk;
  if (all < kMemoryBytesWarning || available < kAvailableBytesWarning) {
    judgement = Judgement::kWarning;
  }
  if (all < kMemoryBytesFailure) judgement = Judgement::kFailure;
  findings.push_back(
      {"memory", judgement, fmt::format("{} available of {}", SizeText(available), SizeText(all)),
       judgement == Judgement::kOk ? "" : "Stop other programs, or give the machine more memory."});

  const double swap = memory["SwapTotal:"];
  const double used = swap - memory["SwapFree:"];
  const bool is_thrashing = used > all * kSwapShareWarning;
  findings.push_back({"swap", is_thrashing ? Judgement::kWarning : Judgement::kOk,
                      swap > 0 ? fmt::format("{} of {} in use", SizeText(used), SizeText(swap))
                               : std::string("none"),
                      is_thrashing ? "The machine works from its disk: give it more memory, or "
                                     "move other programs away."
                                   : ""});
}

}  // namespace

void CheckLimits(const DoctorInput& input, std::optional<pid_t> server, Findings& findings) {
  CheckMemory(input, findings);
  CheckOpenFiles(input, server, findings);
}

void CheckSystem(const DoctorInput&, Findings& findings) {
  utsname name{};
  ::uname(&name);
  const std::string release = name.release;
  const auto major = ParseInt(release.substr(0, release.find('.'))).value_or(0);
  const bool is_64_bit = sizeof(void*) == 8;
  const bool is_known = major >= kKernelMajorMin && is_64_bit;
  findings.push_back(
      {"system", is_known ? Judgement::kOk : Judgement::kWarning,
       fmt::format("{} {} {}", name.sysname, release, name.machine),
       is_known ? "" : "Use Debian 12 or a newer 64-bit Linux with a kernel from 5.10 on."});
}

void CheckTimeZones(const DoctorInput& input, Findings& findings) {
  const auto folder = input.system_root / "usr/share/zoneinfo";
  std::string missing;
  for (const auto* zone : {"UTC", "Africa/Nairobi", "Asia/Kolkata", "America/Lima"}) {
    if (!std::filesystem::exists(folder / zone)) missing = zone;
  }
  findings.push_back({"time zones", missing.empty() ? Judgement::kOk : Judgement::kWarning,
                      missing.empty() ? "time zone data is there" : "no data for " + missing,
                      missing.empty() ? "" : "apt install tzdata"});
}

}  // namespace outpost::doctor::detail
