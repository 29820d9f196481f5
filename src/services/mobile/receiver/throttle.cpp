#include "services/mobile/receiver/throttle.h"

#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "base/problem.h"
#include "domain/people/accounts.h"

namespace outpost::mobile {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
/// Retry-After for what no waiting will let through.
constexpr std::int64_t kHopelessSeconds = 3'600;

std::int64_t SecondsOf(std::optional<std::int64_t> wait_micros) {
  if (!wait_micros) return kHopelessSeconds;
  return *wait_micros / kMicrosPerSecond + 1;
}

}  // namespace

bool ParseSubmissionLimits(std::string_view name) {
  if (name == "off") return false;
  if (name == "standard") return true;
  throw Problem(ProblemKind::kBadRequest,
                "The setting \"limits.submissions\" must be off or standard.");
}

/// One submission that asks to be let in.
struct Throttle::Entrant {
  std::int64_t project = 0;
  std::int64_t deadline = 0;
  bool has_waited = false;
  std::function<void()> go;
  std::function<void(std::int64_t)> refuse;
};

Throttle::Throttle(sql::Database& database, MetricRegistry& metrics, bool limits_all,
                   const intake::RateTables& tables)
    : database_(database),
      metrics_(metrics),
      limits_all_(limits_all),
      started_(SteadyMicros()),
      limiter_(tables) {}

std::int64_t Throttle::Now() const { return SteadyMicros() - started_; }

bool Throttle::Limits(const projects::Project& project) const {
  if (project.settings.is_exempt_from_rate_limits) return false;
  return limits_all_ || project.settings.limits_submissions;
}

void Throttle::Enter(const projects::Project& project, std::function<void()> go,
                     std::function<void(std::int64_t)> refuse) {
  if (!Limits(project)) {
    if (limits_all_) limiter_.CountForm(project.row, Now());
    return go();
  }
  auto entrant = std::make_shared<Entrant>();
  entrant->project = project.row;
  entrant->deadline = Now() + kSlotWaitMicros;
  entrant->go = std::move(go);
  entrant->refuse = std::move(refuse);
  Try(entrant);
}

void Throttle::Try(const std::shared_ptr<Entrant>& entrant) {
  std::optional<std::int64_t> wait = 0;
  const std::int64_t now = Now();
  try {
    wait = limiter_.Ask(entrant->project, WorkersOf(entrant->project), now);
  } catch (const std::exception& error) {
    Log(LogLevel::kWarning, "receiver.throttle_failed", {{"error", error.what()}});
  }
  const auto count = [&](const char* method) {
    const MetricLabel labels[] = {{"throttle_method", method}};
    metrics_.CounterOf("commcare.xform_submissions.rate_limited", labels).Add();
  };
  if (wait == 0) {
    if (entrant->has_waited) count("delay");
    return entrant->go();
  }
  entrant->has_waited = true;
  const bool is_in_time = wait && now + *wait <= entrant->deadline;
  if (is_in_time && timer_.RunAt(started_ + now + *wait, [this, entrant] { Try(entrant); })) return;
  count("reject");
  entrant->refuse(SecondsOf(wait));
}

void Throttle::CountCases(const projects::Project& project, std::int64_t cases) {
  if (limits_all_ || Limits(project)) limiter_.CountCases(project.row, cases, Now());
}

std::int64_t Throttle::WorkersOf(std::int64_t project) {
  const std::int64_t now = Now();
  {
    const std::lock_guard lock(mutex_);
    const auto known = workers_.find(project);
    if (known != workers_.end() && now - known->second.read_at < kWorkersFreshMicros) {
      return known->second.count;
    }
  }
  const auto count = people::CountActiveWorkers(*database_.Read(), project);
  const std::lock_guard lock(mutex_);
  workers_[project] = {count, now};
  return count;
}

}  // namespace outpost::mobile
