#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <string>

#include "operations/doctor/detail/checks.h"
#include "operations/health/probe.h"

namespace outpost::doctor::detail {
namespace {

namespace fs = std::filesystem;

constexpr double kFreeBytesFailure = 1e9;
constexpr double kFreeBytesWarning = 10e9;
constexpr double kFreeShareWarning = 0.1;
constexpr double kFreeInodesFailure = 10'000;
constexpr double kFreeInodesShareWarning = 0.05;
constexpr int kProbeRounds = 20;
constexpr std::int64_t kSyncMicrosWarning = 15'000;
constexpr std::int64_t kSyncMicrosFailure = 100'000;

/// SQLite's locks and shared memory do not work over these.
constexpr std::array kNetworkFileSystems = {
    "nfs",        "nfs4",  "cifs", "smb3",   "smbfs",          "9p",   "afs",   "ceph",
    "fuse.sshfs", "ncpfs", "coda", "lustre", "fuse.glusterfs", "gfs2", "ocfs2", "fuse.s3fs",
    "beegfs"};

void CheckSpace(const fs::path& folder, Findings& findings) {
  struct statvfs volume {};
  if (::statvfs(folder.c_str(), &volume) != 0 || volume.f_blocks == 0) {
    findings.push_back({"disk space", Judgement::kFailure,
                        "The data folder " + folder.string() + " cannot be looked at.",
                        "Choose another folder with --data, or change its owner."});
    return;
  }
  const auto unit = static_cast<double>(volume.f_frsize);
  const double free = static_cast<double>(volume.f_bavail) * unit;
  const double all = static_cast<double>(volume.f_blocks) * unit;
  auto judgement = Judgement::kOk;
  if (free < kFreeBytesWarning || free < all * kFreeShareWarning) judgement = Judgement::kWarning;
  if (free < kFreeBytesFailure) judgement = Judgement::kFailure;
  findings.push_back(
      {"disk space", judgement,
       fmt::format("{} free of {} ({:.0f} %)", SizeText(free), SizeText(all), 100 * free / all),
       judgement == Judgement::kOk ? ""
                                   : "Free some space or enlarge the disk: with a full disk no "
                                     "form can be taken."});

  if (volume.f_files == 0) return;  // this file system makes them as needed
  const auto inodes = static_cast<double>(volume.f_favail);
  judgement = Judgement::kOk;
  if (inodes < static_cast<double>(volume.f_files) * kFreeInodesShareWarning) {
    judgement = Judgement::kWarning;
  }
  if (inodes < kFreeInodesFailure) judgement = Judgement::kFailure;
  findings.push_back({"disk inodes", judgement, fmt::format("{:.0f} files may be added", inodes),
                      judgement == Judgement::kOk
                          ? ""
                          : "Delete files that are not needed, or make a file system with more "
                            "inodes: every photo is a file."});
}

void CheckSpeed(const fs::path& folder, Findings& findings) {
  auto probe = health::ProbeWrites(folder, kProbeRounds);
  if (!probe.error.empty()) {
    findings.push_back({"disk writes", Judgement::kFailure,
                        "A scratch file in " + folder.string() + ": " + probe.error,
                        "Give the folder to the server's account, and see that the disk is not "
                        "full or mounted read-only."});
    return;
  }
  std::sort(probe.micros.begin(), probe.micros.end());
  const auto median = probe.micros[probe.micros.size() / 2];
  auto judgement = Judgement::kOk;
  if (median > kSyncMicrosWarning) judgement = Judgement::kWarning;
  if (median > kSyncMicrosFailure) judgement = Judgement::kFailure;
  findings.push_back(
      {"disk writes", judgement,
       fmt::format("write and fsync of 4 kB: median {:.2f} ms, longest of {} {:.2f} ms",
                   static_cast<double>(median) / 1e3, probe.micros.size(),
                   static_cast<double>(probe.micros.back()) / 1e3),
       judgement == Judgement::kOk
           ? ""
           : "Put the data folder on an SSD: each form waits for one such write."});
}

struct Mount {
  std::string point;
  std::string type;
};

/// The mount that a path lies on: the longest mount point that leads to it.
Mount MountOf(const fs::path& system_root, const fs::path& folder) {
  std::ifstream table(system_root / "proc/self/mounts");
  const std::string path = folder.string();
  Mount best;
  std::string device, point, type, rest;
  while (table >> device >> point >> type && std::getline(table, rest)) {
    const bool leads = path == point || point == "/" || path.starts_with(point + "/");
    if (leads && point.size() >= best.point.size()) best = {point, type};
  }
  return best;
}

void CheckFileSystem(const DoctorInput& input, const fs::path& folder, Findings& findings) {
  const auto mount = MountOf(input.system_root, folder);
  if (mount.type.empty()) return;
  const auto evidence = fmt::format("{} on {}", mount.type, mount.point);
  const bool is_network = std::find(kNetworkFileSystems.begin(), kNetworkFileSystems.end(),
                                    mount.type) != kNetworkFileSystems.end();
  if (is_network) {
    findings.push_back({"file system", Judgement::kFailure, evidence,
                        "Move the data folder to a disk of this machine: a database on a network "
                        "file system gets damaged."});
  } else if (mount.type == "tmpfs" || mount.type == "ramfs") {
    findings.push_back({"file system", Judgement::kWarning, evidence,
                        "Move the data folder to a disk: this one is memory and empty after a "
                        "restart of the machine."});
  } else {
    findings.push_back({"file system", Judgement::kOk, evidence, ""});
  }
}

std::string FirstLine(const fs::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

/// Whether a block device, or one that it lies on, is encrypted by dm-crypt (LUKS).
bool IsEncrypted(const fs::path& device) {
  if (FirstLine(device / "dm/uuid").starts_with("CRYPT-")) return true;
  std::error_code error;
  for (const auto& below : fs::directory_iterator(device / "slaves", error)) {
    if (IsEncrypted(below.path())) return true;
  }
  return false;
}

/// The queue of a disk stands at the whole disk, one level above its partitions.
std::string Rotational(const fs::path& device) {
  const auto own = FirstLine(device / "queue/rotational");
  return own.empty() ? FirstLine(device / "../queue/rotational") : own;
}

void CheckDevice(const DoctorInput& input, const fs::path& folder, Findings& findings) {
  struct stat facts {};
  if (::stat(folder.c_str(), &facts) != 0) return;
  std::error_code error;
  const auto device =
      fs::canonical(input.system_root / fmt::format("sys/dev/block/{}:{}", major(facts.st_dev),
                                                    minor(facts.st_dev)),
                    error);
  if (error) {
    findings.push_back({"disk kind", Judgement::kOk, "not a block device of this machine", ""});
    findings.push_back({"encryption", Judgement::kWarning,
                        "cannot be told for this kind of file system",
                        "See to it that what lies below is encrypted."});
    return;
  }
  const bool is_rotating = Rotational(device) == "1";
  findings.push_back({"disk kind", is_rotating ? Judgement::kWarning : Judgement::kOk,
                      is_rotating ? "the disk says that it rotates" : "not a rotating disk",
                      is_rotating ? "Use an SSD, unless this is a virtual disk on one: a rotating "
                                    "disk takes about a hundred durable writes a second."
                                  : ""});
  const bool is_encrypted = IsEncrypted(device);
  findings.push_back({"encryption", is_encrypted ? Judgement::kOk : Judgement::kWarning,
                      is_encrypted ? "encrypted (LUKS)" : "no LUKS encryption seen",
                      is_encrypted ? ""
                                   : "Put the data folder on an encrypted volume (cryptsetup "
                                     "luksFormat), unless the provider encrypts the disk."});
}

}  // namespace

void CheckDisk(const DoctorInput& input, Findings& findings) {
  const auto folder = ExistingFolder(input.paths.root);
  CheckSpace(folder, findings);
  CheckFileSystem(input, folder, findings);
  CheckDevice(input, folder, findings);
  CheckSpeed(folder, findings);
}

}  // namespace outpost::doctor::detail
