#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>

/// How many forms and case updates a project space may send (submission document 7). Pure counting
/// on a clock that the caller gives: microseconds that never go back.
namespace outpost::intake {

inline constexpr std::size_t kRateWindows = 5;
/// Second, minute, hour, day, week.
inline constexpr std::array<std::int64_t, kRateWindows> kRateWindowMicros = {
    1'000'000, 60'000'000, 3'600'000'000, 86'400'000'000, 604'800'000'000};

/// At most so many in each of the windows; empty: any number.
using Rates = std::array<std::optional<double>, kRateWindows>;

struct RateTable {
  Rates per_worker;   // times the number of mobile workers,
  Rates per_project;  // plus this: what one project may send
  Rates global;       // all projects together
};
struct RateTables {
  RateTable forms, case_updates;
};

/// The limits of CommCare HQ's public sites.
inline constexpr RateTables kStandardRates = {
    {{0.01, 0.14, 6.0, 46.0, 230.0},
     {1.0, 10.0, 30.0, 50.0, 100.0},
     {30.0, 400.0, 17'000.0, std::nullopt, std::nullopt}},
    {{0.1, 1.4, 60.0, 460.0, 2'300.0},
     {10.0, 100.0, 300.0, 500.0, 1'000.0},
     {300.0, 4'000.0, 170'000.0, std::nullopt, std::nullopt}}};

/// What one project with so many workers may send.
Rates RatesOf(const RateTable& table, std::int64_t workers);

/// What one sender used, in every window. A window slides: what was used in the one before counts
/// in proportion to how much of it is younger than the window's length.
class Usage {
 public:
  void Add(double amount, std::int64_t now);
  double Used(std::size_t window, std::int64_t now) const;
  /// Microseconds until one more is below every limit when nobody uses anything meanwhile; 0: now;
  /// empty: never.
  std::optional<std::int64_t> WaitFor(const Rates& rates, std::int64_t now) const;

 private:
  struct Window {
    std::int64_t number = 0;  // since the clock's beginning
    double before = 0, current = 0;
  };
  static Window Rolled(const Window& window, std::size_t index, std::int64_t now);
  static std::optional<std::int64_t> WaitIn(const Window& window, std::size_t index, double limit,
                                            std::int64_t now);
  std::array<Window, kRateWindows> windows_;
};

/// The counters of this process. Threads: any. Several processes count each for itself.
class RateLimiter {
 public:
  explicit RateLimiter(const RateTables& tables = kStandardRates) : tables_(tables) {}

  /// A form is let through when all projects together are under the global limits, or its project
  /// under its own; the same for case updates, of which those of earlier forms count. A form that
  /// is let through is counted. @returns 0, or microseconds after which to ask again; empty: never.
  std::optional<std::int64_t> Ask(std::int64_t project, std::int64_t workers, std::int64_t now);
  /// Counts a form that is not limited.
  void CountForm(std::int64_t project, std::int64_t now);
  void CountCases(std::int64_t project, std::int64_t cases, std::int64_t now);

 private:
  struct Used {
    Usage forms, case_updates;
  };
  void Count(std::int64_t project, std::int64_t now);

  const RateTables tables_;
  std::mutex mutex_;
  Used global_;
  std::unordered_map<std::int64_t, Used> projects_;
};

}  // namespace outpost::intake
