#include "domain/device_logs/policy.h"

#include "base/problem.h"

namespace outpost::device_logs {

Keep ParseKeep(std::string_view name) {
  if (name == "all") return Keep::kAll;
  if (name == "forced") return Keep::kForced;
  if (name == "none") return Keep::kNone;
  throw Problem(ProblemKind::kBadRequest,
                "The setting \"device_logs.keep\" must be all, forced or none.");
}

Gate::Verdict Gate::Judge(std::int64_t project, std::int64_t bytes, bool is_forced, Instant now) {
  if (policy_.keep == Keep::kNone || (policy_.keep == Keep::kForced && !is_forced)) {
    return Verdict::kUnwanted;
  }
  if (policy_.bytes_per_day_max == 0) return Verdict::kKept;
  const std::int64_t day = now.micros / kMicrosPerDay;
  const std::lock_guard lock(mutex_);
  if (day != day_) bytes_today_.clear();
  day_ = day;
  std::int64_t& sent = bytes_today_[project];
  if (sent + bytes > policy_.bytes_per_day_max) return Verdict::kOverLimit;
  sent += bytes;
  return Verdict::kKept;
}

}  // namespace outpost::device_logs
