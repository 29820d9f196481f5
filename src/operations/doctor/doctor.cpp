#include "operations/doctor/doctor.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "operations/doctor/detail/checks.h"

namespace outpost::doctor {
namespace detail {
namespace {

/// The process with a lock on this file, from lines such as
/// "1: FLOCK  ADVISORY  WRITE 1234 fe:00:131075 0 EOF".
pid_t LockHolder(const std::filesystem::path& system_root, const struct stat& file) {
  const auto wanted =
      fmt::format("{:02x}:{:02x}:{}", major(file.st_dev), minor(file.st_dev), file.st_ino);
  std::ifstream locks(system_root / "proc/locks");
  std::string number, kind, mode, access, place, rest;
  pid_t pid = 0;
  while (locks >> number >> kind >> mode >> access >> pid >> place && std::getline(locks, rest)) {
    if (place == wanted && kind == "FLOCK" && pid > 0) return pid;
  }
  return 0;
}

}  // namespace

std::optional<pid_t> OwnerOf(const DoctorInput& input) {
  const int file = ::open(input.paths.lock().c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  struct stat facts {};
  const bool is_known = ::fstat(file, &facts) == 0;
  const bool is_free = ::flock(file, LOCK_SH | LOCK_NB) == 0;
  ::close(file);
  if (is_free) return std::nullopt;
  return is_known ? LockHolder(input.system_root, facts) : 0;
}

std::filesystem::path ExistingFolder(const std::filesystem::path& folder) {
  std::error_code error;
  auto at = std::filesystem::absolute(folder, error);
  while (!std::filesystem::is_directory(at, error) && at.has_parent_path() &&
         at != at.parent_path()) {
    at = at.parent_path();
  }
  return at;
}

std::string SizeText(double bytes) {
  constexpr double kStep = 1000;
  constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB", "PB"};
  std::size_t unit = 0;
  while (bytes >= kStep && unit + 1 < std::size(kUnits)) {
    bytes /= kStep;
    ++unit;
  }
  return unit < 3 ? fmt::format("{:.0f} {}", bytes, kUnits[unit])
                  : fmt::format("{:.1f} {}", bytes, kUnits[unit]);
}

}  // namespace detail

std::string_view NameOf(Judgement judgement) {
  switch (judgement) {
    case Judgement::kOk:
      return "ok";
    case Judgement::kWarning:
      return "warning";
    case Judgement::kFailure:
      return "failure";
  }
  return "";
}

std::vector<Finding> Examine(const DoctorInput& input) {
  std::vector<Finding> findings;
  const auto server = detail::OwnerOf(input);
  detail::CheckSystem(input, findings);
  detail::CheckLimits(input, server, findings);
  detail::CheckClock(findings);
  detail::CheckTimeZones(input, findings);
  detail::CheckDisk(input, findings);
  detail::CheckDatabase(input, server, findings);
  detail::CheckBackup(input, findings);
  detail::CheckPorts(input, server, findings);
  detail::CheckCertificates(input, findings);
  return findings;
}

bool AnyFailure(const std::vector<Finding>& findings) {
  return std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.judgement == Judgement::kFailure;
  });
}

}  // namespace outpost::doctor
