#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/metrics.h"
#include "operations/doctor/doctor.h"
#include "operations/tracker/sql_store.h"
#include "operations/usage/usage.h"
#include "transition/checkpoints/commands.h"

/// The tracker of the transition where a server runs: kept in its database, and able to look at
/// the server itself. Who signs, waives or reopens there is one of its web users.
namespace outpost::operations {

struct TrackerSources {
  sql::Database& database;
  sql::Writer& writer;
  const Clock& clock;
  usage::UsageKeeper& usage;
  DataPaths paths;
  /// How the server is configured.
  doctor::DoctorInput doctor;
  std::string public_url;
  /// Of the serving process; null when the database was opened without a server.
  MetricRegistry* metrics = nullptr;
};

/// Threads: any.
class ServerTracker {
 public:
  /// What the sources name must outlive it.
  explicit ServerTracker(TrackerSources sources);
  ServerTracker(const ServerTracker&) = delete;
  ServerTracker& operator=(const ServerTracker&) = delete;

  /// The commands of transition/checkpoints/commands.h.
  std::string Run(std::string_view command, std::string_view json);
  /// Looks at everything that this server knows by itself, without the plan and without asking the
  /// outside; what a plan has shown stays.
  void LookByItself();

 private:
  std::vector<std::unique_ptr<transition::Collector>> Collectors(bool may_ask_outside);

  TrackerSources sources_;
  SqlCheckpointStore store_;
  transition::TransitionDesk desk_;
  transition::TrackerCommands commands_;
};

}  // namespace outpost::operations
