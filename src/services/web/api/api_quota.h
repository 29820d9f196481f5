#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "domain/intake/rate_limit.h"
#include "store/sql/connection.h"

/// How many calls of the data API a project space may make (web document 1.6): so many for each
/// mobile worker, plus a constant, in every window. Counted by this process alone.
namespace outpost::web {

struct QuotaTable {
  intake::Rates per_worker, per_project;
};
/// What CommCare HQ allows: second, minute, hour, day; no limit by the week.
inline constexpr QuotaTable kStandardQuota = {{0.22, 3.0, 130.0, 1'000.0, std::nullopt},
                                              {1.0, 10.0, 30.0, 50.0, std::nullopt}};
/// Stops a client that runs wild, and nobody else.
inline constexpr QuotaTable kGenerousQuota = {
    {0.22, 3.0, 130.0, 1'000.0, std::nullopt},
    {200.0, 5'000.0, 100'000.0, 1'000'000.0, std::nullopt}};

/// "off", "standard", "generous". @throws Problem kBadRequest
std::optional<QuotaTable> ParseQuota(std::string_view name);

/// How long a project's number of workers is remembered.
inline constexpr std::int64_t kQuotaWorkersFreshMicros = 600'000'000;

/// Threads: any.
class ApiQuota {
 public:
  /// Empty: nobody is limited.
  explicit ApiQuota(const std::optional<QuotaTable>& table) : table_(table) {}

  /// Counts a call that is let through. `now` never goes back.
  /// @returns 0, or the seconds until the next call may come.
  std::int64_t Ask(sql::Connection& connection, std::int64_t project, std::int64_t now);

 private:
  struct Project {
    intake::Usage used;
    std::int64_t workers = 0, workers_read_at = 0;
    bool has_workers = false;
  };

  const std::optional<QuotaTable> table_;
  std::mutex mutex_;
  std::unordered_map<std::int64_t, Project> projects_;
};

}  // namespace outpost::web
