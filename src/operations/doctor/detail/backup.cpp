#include <fmt/format.h>

#include <algorithm>

#include "base/clock.h"
#include "operations/backup/drill.h"
#include "operations/backup/key_care.h"
#include "operations/doctor/detail/checks.h"

namespace outpost::doctor::detail {
namespace {

constexpr std::int64_t kMicrosPerHour = 3'600 * kMicrosPerSecond;
/// Drills that may be missed before somebody should look.
constexpr std::int64_t kDrillsMissed = 3;
/// Where drills are held by hand: once a quarter, as the transition's evidence counts.
constexpr std::int64_t kProvenHoursMax = std::int64_t{90} * 24;

Finding NeverProven() {
  return {"backup", Judgement::kWarning, "The backup has never been restored.",
          "outpost backup drill: a backup that was never restored is a hope."};
}

/// Where a backup elsewhere could not be opened if this machine were lost.
void CheckKey(const DoctorInput& input, Findings& findings) {
  const auto file = input.backup_key.empty() ? input.paths.root / "backup.key" : input.backup_key;
  const auto warning = backup::KeyCareWarning(input.backup_to, file, input.backup_key_kept_at);
  if (warning.empty()) return;
  findings.push_back({"backup key", Judgement::kWarning, warning,
                      "Copy the key to a place that is neither this machine nor the backup, then "
                      "say where with [backup] key_kept_at."});
}

}  // namespace

void CheckBackup(const DoctorInput& input, Findings& findings) {
  CheckKey(input, findings);
  const auto drills = backup::LoadDrills(input.paths.root);
  if (input.backup_to.empty() && !drills.last) {
    findings.push_back({"backup", Judgement::kWarning, "Nothing is backed up by this server.",
                        "Set [backup] to = \"/mnt/backup\" to a folder on another machine's disk, "
                        "unless something else does it."});
    return;
  }
  if (drills.last && !drills.last->damages.empty()) {
    findings.push_back(
        {"backup", Judgement::kFailure,
         fmt::format("The drill of {} found {} damages: {}", FormatT6(drills.last->at),
                     drills.last->damages.size(), drills.last->damages.front()),
         "outpost backup now makes a new base; then see why the old one was damaged."});
    return;
  }
  if (!drills.last_good) return findings.push_back(NeverProven());
  const auto& good = *drills.last_good;
  const auto age = (SystemClock().Now() - good.at) / kMicrosPerHour;
  const auto most = input.backup_drill_hours == 0
                        ? kProvenHoursMax
                        : std::min(kProvenHoursMax, kDrillsMissed * input.backup_drill_hours);
  const bool is_fresh = age <= most;
  findings.push_back(
      {"backup", is_fresh ? Judgement::kOk : Judgement::kWarning,
       fmt::format("last proven restore {} hours ago: to position {} of {}, in {:.1f} s", age,
                   good.seq, FormatT6(good.newest), static_cast<double>(good.restore_micros) / 1e6),
       is_fresh ? "" : "outpost backup status and the log say why there was no drill since."});
}

}  // namespace outpost::doctor::detail
