#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/settings.h"
#include "operations/tracker/server_tracker.h"
#include "operations/usage/usage.h"
#include "services/tasks/housekeeping.h"
#include "services/tasks/reserve.h"
#include "store/sql/database.h"
#include "store/sql/writer.h"

/// What a server knows about itself over time: its use, its disk, the tracker of the transition.
/// Made by the serving process and, for a moment, by commands that find no server.
namespace outpost::cli {

struct UpkeepParts {
  sql::Database& database;
  sql::Writer& writer;
  const Clock& clock;
  DataPaths paths;
  MetricRegistry* metrics = nullptr;  // of a serving process
  DiskGate* disk = nullptr;           // the same
};

class ServerUpkeep {
 public:
  ServerUpkeep(const UpkeepParts& parts, const Settings& settings);

  /// usage.report and transition.*
  std::string Run(std::string_view command, std::string_view json);
  /// What is done without being asked.
  std::vector<tasks::Chore> Chores();

 private:
  UpkeepParts parts_;
  usage::UsageKeeper usage_;
  operations::ServerTracker tracker_;
  tasks::ReserveLimits reserve_;
};

/// Of the settings [disk]. @throws Problem kBadRequest for shares beyond 100 percent
DiskLimits DiskLimitsOf(const Settings& settings);

std::vector<std::string_view> UpkeepCommandNames();

}  // namespace outpost::cli
