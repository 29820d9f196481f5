#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/data_folder.h"
#include "base/instant.h"
#include "store/sql/database.h"
#include "store/sql/writer.h"

/// What a server is used for, month by month: workers, forms, cases, bytes, and how its disk fills.
///
///   change log ──► UsageKeeper::CatchUp ──► usage_months, usage_workers, usage_apps
///   data folder ─► UsageKeeper::SampleDisk ─► usage_disk, a row a day       └──► ReadUsage
///
/// A reader of the change log: it counts each change once, in the transaction that moves its
/// cursor. Sizing, forecasts and the transition's checkpoints read the few rows it keeps.
namespace outpost::usage {

/// Changes worked off in one job of the writer.
inline constexpr int kSliceChanges = 1'000;

/// Threads: any; one works, the others wait for it.
class UsageKeeper {
 public:
  /// All must outlive it.
  UsageKeeper(sql::Database& database, sql::Writer& writer, const Clock& clock, DataPaths paths)
      : database_(database), writer_(writer), clock_(clock), paths_(std::move(paths)) {}

  /// Asked between two slices; false ends the work, which goes on at the next call.
  using GoOn = std::function<bool()>;
  /// Counts every change that was committed when it was called.
  void CatchUp(const GoOn& go_on = [] { return true; });
  /// Writes today's row; what it holds already is replaced.
  /// @throws Problem kInternal when the data folder's disk cannot be looked at
  void SampleDisk();

 private:
  sql::Database& database_;
  sql::Writer& writer_;
  const Clock& clock_;
  DataPaths paths_;
  std::mutex mutex_;
};

/// 12 * year + month - 1, in UTC.
int MonthOf(Instant at);

/// All project spaces together. A form and what it did to cases count in the month in
/// which it was received.
struct MonthUsage {
  int month = 0;
  std::int64_t workers = 0;     // people of whom at least one form came
  std::int64_t forms = 0;       // stored, without superseded ones
  std::int64_t form_bytes = 0;  // XML as stored, packed
  std::int64_t attachments = 0;
  std::int64_t attachment_bytes = 0;
  std::int64_t file_bytes = 0;  // of both, what lies in files beside the database
  std::int64_t new_cases = 0;
  std::int64_t case_changes = 0;  // of cases that were there already
};

struct AppUsage {
  std::string project, app_id;  // app_id is empty for forms that name no app
  std::int64_t forms = 0;
  std::int64_t workers_last_month = 0;  // in the last full month
  Instant first_at, last_at;            // received
};

struct DiskSample {
  Instant at;
  std::int64_t capacity_bytes = 0, free_bytes = 0, database_bytes = 0, log_bytes = 0;
};

struct Usage {
  Instant at;
  std::int64_t projects = 0;
  std::int64_t mobile_workers = 0, web_users = 0;  // active accounts
  std::vector<MonthUsage> months;                  // oldest first, without gaps; ends with today's
  std::vector<AppUsage> apps;                      // at most kAppsMax, most forms first
  std::vector<DiskSample> disk;                    // of the last kDiskDaysKept days, oldest first
  // Means over at most kSampledRows of the newest rows; 0 when there are none.
  double case_bytes = 0;            // texts and properties of a case
  double case_change_bytes = 0;     // of a change of a case
  std::int64_t database_bytes = 0;  // now, with its indexes
  int cores = 0;                    // of this machine
  std::int64_t memory_bytes = 0;
};
inline constexpr std::size_t kAppsMax = 200;
inline constexpr int kMonthsShown = 25;
inline constexpr int kDiskDaysKept = 400;
inline constexpr int kSampledRows = 1'000;

Usage ReadUsage(sql::Database& database, const DataPaths& paths, Instant now);

/// As it travels over the admin socket. @throws Problem kMalformed
std::string JsonOf(const Usage& usage);
Usage UsageOf(std::string_view json);

}  // namespace outpost::usage
