#include "services/web/api/api_quota.h"

#include <algorithm>

#include "base/instant.h"
#include "base/problem.h"
#include "domain/people/accounts.h"

namespace outpost::web {
namespace {

/// When no later moment helps; the limits are never that low.
constexpr std::int64_t kLongestSeconds = 3'600;

}  // namespace

std::optional<QuotaTable> ParseQuota(std::string_view name) {
  if (name == "off") return std::nullopt;
  if (name == "standard") return kStandardQuota;
  if (name == "generous") return kGenerousQuota;
  throw Problem(ProblemKind::kBadRequest,
                "The setting \"limits.api\" must be off, standard or generous.");
}

std::int64_t ApiQuota::Ask(sql::Connection& connection, std::int64_t project, std::int64_t now) {
  if (!table_) return 0;
  const std::lock_guard lock(mutex_);
  auto& known = projects_[project];
  if (!known.has_workers || now - known.workers_read_at > kQuotaWorkersFreshMicros) {
    known.workers = people::CountActiveWorkers(connection, project);
    known.workers_read_at = now;
    known.has_workers = true;
  }
  const auto rates = intake::RatesOf({table_->per_worker, table_->per_project, {}}, known.workers);
  const auto wait = known.used.WaitFor(rates, now);
  if (wait && *wait == 0) {
    known.used.Add(1, now);
    return 0;
  }
  if (!wait) return kLongestSeconds;
  return std::max<std::int64_t>(1, (*wait + kMicrosPerSecond - 1) / kMicrosPerSecond);
}

}  // namespace outpost::web
