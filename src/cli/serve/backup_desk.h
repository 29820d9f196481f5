#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/data_folder.h"
#include "base/metrics.h"
#include "base/settings.h"
#include "operations/backup/log_tap.h"
#include "services/tasks/housekeeping.h"
#include "store/blobs/blobs.h"
#include "store/sql/database.h"
#include "store/sql/writer.h"

/// The backups of one server: ships to [backup] to, makes bases and holds drills when they are due,
/// answers `outpost backup`. Made by the serving process and, for a moment, by a command that finds
/// no server.
namespace outpost::cli {

struct BackupParts {
  sql::Database& database;
  sql::Writer& writer;
  const Clock& clock;
  MetricRegistry& metrics;
  DataPaths paths;
  backup::LogTap& tap;
  const blobs::BlobStore& blobs;
};

class BackupDesk {
 public:
  /// Begins to ship when settings name a place. What is wrong with that place does not keep the
  /// server from starting: it is logged, shown, and tried again every minute.
  BackupDesk(const BackupParts& parts, const Settings& settings);
  ~BackupDesk();

  /// backup.now, backup.status, backup.prove. @throws Problem
  std::string Run(std::string_view command, std::string_view json);
  std::vector<tasks::Chore> Chores();
  /// Ends bases and drills that run; before the chores are waited for.
  void BeginStop();
  /// After the writer has stopped: ships the rest.
  void Stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

std::vector<std::string_view> BackupCommandNames();

}  // namespace outpost::cli
