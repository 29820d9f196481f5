#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "store/sql/testing/scratch_folder.h"

namespace outpost::sql_testing {

/// A PostgreSQL of this test process's own: in a temporary folder, on a Unix socket only, with
/// fsync on; gone when the process ends, however it ends.
class ScratchPostgresql {
 public:
  /// The one of this process, started at the first call. Null when the machine has no PostgreSQL
  /// binaries (or they cannot run); the reason is then printed. Call from the main thread.
  static ScratchPostgresql* Shared();
  /// One more, on a data folder that lies there already, such as a restored one. Returns when it
  /// serves; null when it does not within two minutes.
  static std::unique_ptr<ScratchPostgresql> On(const std::filesystem::path& data);
  ~ScratchPostgresql();
  ScratchPostgresql(const ScratchPostgresql&) = delete;
  ScratchPostgresql& operator=(const ScratchPostgresql&) = delete;

  /// Creates an empty database. @returns its location for DatabaseOptions.
  std::string NewDatabase();
  std::string LocationOf(const std::string& database) const;
  /// Ends the server as a crash would, and starts it again.
  void Crash();
  void StartAgain();

 private:
  ScratchPostgresql() = default;
  bool FindBinaries();
  bool Initialise();
  bool Start();

  ScratchFolder folder_;
  std::filesystem::path data_ = folder_.path() / "data";
  std::string binaries_;
  pid_t server_ = -1;
  int databases_ = 0;
};

}  // namespace outpost::sql_testing
