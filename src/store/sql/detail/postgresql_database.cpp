#include "store/sql/detail/postgresql_database.h"

#include <utility>

#include "base/problem.h"
#include "store/sql/detail/postgresql_connection.h"
#include "store/sql/detail/schema_steps.h"
#include "store/sql/detail/side_schema.h"

namespace outpost::sql::detail {

PostgresqlDatabase::PostgresqlDatabase(const DatabaseOptions& options, const SideSchema* side)
    : options_(options), schema_(side == nullptr ? "" : side->name) {
  try {
    writing_ = std::make_unique<PostgresqlConnection>(
        PostgresqlOpening{options.location, /*is_writer=*/true, schema_});
    hash_key_ = side == nullptr ? BringUpToDate(*writing_) : BringUpSide(*side);
  } catch (const SqlError& error) {
    throw Problem(ProblemKind::kInternal,
                  "The PostgreSQL database cannot be used. Check that the server runs, that the "
                  "connection string is right and that the account may create tables.",
                  error.what());
  }
}

std::string PostgresqlDatabase::BringUpSide(const SideSchema& schema) {
  writing_->Execute("CREATE SCHEMA IF NOT EXISTS " + schema_);
  auto key = BringUp(*writing_, schema);
  if (!key.empty()) return key;
  writing_->Execute("DROP SCHEMA " + schema_ + " CASCADE");
  writing_->Execute("CREATE SCHEMA " + schema_);
  return BringUp(*writing_, schema);
}

std::unique_ptr<Connection> PostgresqlDatabase::TakeWritingConnection() {
  OUTPOST_CHECK(writing_ != nullptr);
  return std::move(writing_);
}

std::unique_ptr<Connection> PostgresqlDatabase::OpenReader() {
  return std::make_unique<PostgresqlConnection>(
      PostgresqlOpening{options_.location, /*is_writer=*/false, schema_});
}

std::string PostgresqlDatabase::IntegrityProblems() {
  // The engine's own checks belong to its administrator; ours is what we promise about positions.
  if (!schema_.empty()) return {};
  const auto reader = Read();
  const auto ahead =
      reader->Query("SELECT 1 FROM changes, position WHERE changes.seq > position.seq LIMIT 1");
  return ahead->Next() ? "the change log is ahead of the position\n" : "";
}

}  // namespace outpost::sql::detail
