#pragma once

#include "store/sql/connection.h"

namespace outpost::sql {

/// All queries of a reading connection see one state of the database while this lives. Keep it
/// short: SQLite's log grows meanwhile.
class Snapshot {
 public:
  explicit Snapshot(Connection& connection) : connection_(connection) {
    connection_.Begin();
    if (connection_.engine() == Engine::kPostgresql) {
      connection_.Execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    }
  }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;
  ~Snapshot() { connection_.Rollback(); }

 private:
  Connection& connection_;
};

}  // namespace outpost::sql
