#pragma once

#include <memory>
#include <string>

#include "store/sql/database.h"

namespace outpost::sql::detail {

/// A PostgreSQL database, or one that speaks its wire protocol. Any number of processes.
class PostgresqlDatabase final : public Database {
 public:
  /// `side` is null for the primary database.
  PostgresqlDatabase(const DatabaseOptions& options, const SideSchema* side);

  Engine engine() const override { return Engine::kPostgresql; }
  std::unique_ptr<Connection> TakeWritingConnection() override;
  std::int64_t CheckpointIfDue(Connection& /*writing*/) override { return 0; }
  std::int64_t CheckpointNow(Connection& /*writing*/) override { return 0; }
  std::string IntegrityProblems() override;

 protected:
  std::unique_ptr<Connection> OpenReader() override;

 private:
  std::string BringUpSide(const SideSchema& schema);

  DatabaseOptions options_;
  std::string schema_;  // of a side database
  std::unique_ptr<Connection> writing_;
};

}  // namespace outpost::sql::detail
