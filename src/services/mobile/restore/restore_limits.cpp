#include "services/mobile/restore/restore_limits.h"

#include "base/clock.h"
#include "base/problem.h"

namespace outpost::mobile {

bool ParseRestoreLimits(std::string_view name) {
  if (name == "off") return false;
  if (name == "standard") return true;
  throw Problem(ProblemKind::kBadRequest,
                "The setting \"limits.restores\" must be off or standard.");
}

bool RestoreLimits::Limits(const projects::Project& project) const {
  if (project.settings.is_exempt_from_rate_limits) return false;
  return limits_all_ || project.settings.limits_restores;
}

std::optional<std::int64_t> RestoreLimits::Ask(std::int64_t project, std::int64_t workers) {
  const auto rates = intake::RatesOf(kRestoreRates, workers);
  const auto now = SteadyMicros();
  const std::lock_guard lock(mutex_);
  auto& used = used_[project];
  const auto wait = used.WaitFor(rates, now);
  if (wait == 0) used.Add(1.0, now);
  return wait;
}

}  // namespace outpost::mobile
