#pragma once

#include <string>

#include "store/sql/database.h"
#include "store/sql/testing/scratch_folder.h"
#include "store/sql/testing/scratch_postgresql.h"

namespace outpost::sql_testing {

/// Where a test's own empty database may be made, on either engine.
class ScratchDatabase {
 public:
  explicit ScratchDatabase(sql::Engine engine) {
    if (engine == sql::Engine::kSqlite) {
      location_ = folder_.path() / "outpost.db";
    } else if (auto* server = ScratchPostgresql::Shared()) {
      location_ = server->NewDatabase();
    }
  }

  /// False: this machine has no PostgreSQL; skip the test.
  bool is_available() const { return !location_.empty(); }
  const std::string& location() const { return location_; }
  const std::filesystem::path& folder() const { return folder_.path(); }

 private:
  ScratchFolder folder_;
  std::string location_;
};

inline std::string NameOf(sql::Engine engine) {
  return engine == sql::Engine::kSqlite ? "sqlite" : "postgresql";
}

}  // namespace outpost::sql_testing
