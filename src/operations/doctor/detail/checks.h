#pragma once

#include <sys/types.h>

#include <optional>
#include <vector>

#include "operations/doctor/doctor.h"

/// The checks by area. Each appends its findings.
namespace outpost::doctor::detail {

using Findings = std::vector<Finding>;

void CheckSystem(const DoctorInput& input, Findings& findings);
void CheckDisk(const DoctorInput& input, Findings& findings);
void CheckClock(Findings& findings);
void CheckDatabase(const DoctorInput& input, std::optional<pid_t> server, Findings& findings);
void CheckBackup(const DoctorInput& input, Findings& findings);
void CheckPorts(const DoctorInput& input, std::optional<pid_t> server, Findings& findings);
void CheckCertificates(const DoctorInput& input, Findings& findings);
void CheckLimits(const DoctorInput& input, std::optional<pid_t> server, Findings& findings);
void CheckTimeZones(const DoctorInput& input, Findings& findings);

/// Of the clock, apart from asking the kernel.
struct ClockFacts {
  bool is_readable = true;
  bool is_synchronised = false;
  std::int64_t error_micros_max = 0;  // as the kernel estimates it
};
Finding JudgeClock(const ClockFacts& facts);

/// The process that owns the data folder: 0 when somebody does but cannot be named.
std::optional<pid_t> OwnerOf(const DoctorInput& input);

/// The folder itself, or the nearest one above it that exists.
std::filesystem::path ExistingFolder(const std::filesystem::path& folder);

/// "12.3 GB", "640 MB".
std::string SizeText(double bytes);

}  // namespace outpost::doctor::detail
