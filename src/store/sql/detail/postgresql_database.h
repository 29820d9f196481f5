#pragma once

#include <memory>
#include <string>

#include "store/sql/database.h"

namespace outpost::sql::detail {

/// A PostgreSQL database, or one that speaks its wire protocol. Any number of processes.
class PostgresqlDatabase final : public Database {
 public:
  explicit PostgresqlDatabase(const DatabaseOptions& options);

  Engine engine() const override { return Engine::kPostgresql; }
  std::unique_ptr<Connection> TakeWritingConnection() override;
  std::int64_t CheckpointIfDue(Connection& /*writing*/) override { return 0; }
  std::int64_t CheckpointNow(Connection& /*writing*/) override { return 0; }
  std::string IntegrityProblems() override;

 protected:
  std::unique_ptr<Connection> OpenReader() override;

 private:
  DatabaseOptions options_;
  std::unique_ptr<Connection> writing_;
};

}  // namespace outpost::sql::detail
