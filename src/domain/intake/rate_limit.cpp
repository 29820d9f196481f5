#include "domain/intake/rate_limit.h"

#include <algorithm>
#include <cmath>

namespace outpost::intake {
namespace {

/// The shorter of two waits, either of which is enough.
std::optional<std::int64_t> Sooner(std::optional<std::int64_t> a, std::optional<std::int64_t> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

}  // namespace

Rates RatesOf(const RateTable& table, std::int64_t workers) {
  Rates rates;
  for (std::size_t i = 0; i < kRateWindows; ++i) {
    if (!table.per_worker[i] || !table.per_project[i]) continue;
    rates[i] = *table.per_worker[i] * static_cast<double>(workers) + *table.per_project[i];
  }
  return rates;
}

Usage::Window Usage::Rolled(const Window& window, std::size_t index, std::int64_t now) {
  const std::int64_t number = now / kRateWindowMicros[index];
  if (number <= window.number) return window;
  return {number, number == window.number + 1 ? window.current : 0.0, 0.0};
}

void Usage::Add(double amount, std::int64_t now) {
  for (std::size_t i = 0; i < kRateWindows; ++i) {
    windows_[i] = Rolled(windows_[i], i, now);
    windows_[i].current += amount;
  }
}

double Usage::Used(std::size_t window, std::int64_t now) const {
  const Window rolled = Rolled(windows_[window], window, now);
  const auto length = static_cast<double>(kRateWindowMicros[window]);
  const double passed = static_cast<double>(now % kRateWindowMicros[window]) / length;
  return rolled.before * (1.0 - passed) + rolled.current;
}

/// What counts falls in a straight line: first what is left of the window before, then, after this
/// window's end, what was used in this one.
std::optional<std::int64_t> Usage::WaitIn(const Window& window, std::size_t index, double limit,
                                          std::int64_t now) {
  if (limit <= 0) return std::nullopt;
  const auto length = static_cast<double>(kRateWindowMicros[index]);
  const double passed = static_cast<double>(now % kRateWindowMicros[index]) / length;
  double until = 0;  // in windows, from the beginning of this one
  if (window.current < limit) {
    until = 1.0 - (limit - window.current) / window.before;
  } else {
    until = 1.0 + (1.0 - limit / window.current);
  }
  const double wait = std::ceil(std::max(0.0, until - passed) * length);
  return static_cast<std::int64_t>(wait) + 1;  // under the limit, not at it
}

std::optional<std::int64_t> Usage::WaitFor(const Rates& rates, std::int64_t now) const {
  std::int64_t longest = 0;
  for (std::size_t i = 0; i < kRateWindows; ++i) {
    if (!rates[i] || Used(i, now) < *rates[i]) continue;
    const auto wait = WaitIn(Rolled(windows_[i], i, now), i, *rates[i], now);
    if (!wait) return std::nullopt;
    longest = std::max(longest, *wait);
  }
  return longest;
}

void RateLimiter::Count(std::int64_t project, std::int64_t now) {
  global_.forms.Add(1, now);
  projects_[project].forms.Add(1, now);
}

std::optional<std::int64_t> RateLimiter::Ask(std::int64_t project, std::int64_t workers,
                                             std::int64_t now) {
  const std::lock_guard lock(mutex_);
  const Used& own = projects_[project];
  const auto wait_for = [&](const RateTable& table, Usage Used::*usage) {
    return Sooner((global_.*usage).WaitFor(table.global, now),
                  (own.*usage).WaitFor(RatesOf(table, workers), now));
  };
  auto wait = wait_for(tables_.forms, &Used::forms);
  if (wait == 0) wait = wait_for(tables_.case_updates, &Used::case_updates);
  if (wait == 0) Count(project, now);
  return wait;
}

void RateLimiter::CountForm(std::int64_t project, std::int64_t now) {
  const std::lock_guard lock(mutex_);
  Count(project, now);
}

void RateLimiter::CountCases(std::int64_t project, std::int64_t cases, std::int64_t now) {
  if (cases == 0) return;
  const std::lock_guard lock(mutex_);
  global_.case_updates.Add(static_cast<double>(cases), now);
  projects_[project].case_updates.Add(static_cast<double>(cases), now);
}

}  // namespace outpost::intake
