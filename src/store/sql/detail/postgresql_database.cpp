#include "store/sql/detail/postgresql_database.h"

#include <utility>

#include "base/problem.h"

namespace outpost::sql::detail {

PostgresqlDatabase::PostgresqlDatabase(const DatabaseOptions& options) : options_(options) {
  throw Problem(ProblemKind::kInternal, "PostgreSQL is not available yet.");
}
std::unique_ptr<Connection> PostgresqlDatabase::TakeWritingConnection() {
  return std::move(writing_);
}
std::string PostgresqlDatabase::IntegrityProblems() { return {}; }
std::unique_ptr<Connection> PostgresqlDatabase::OpenReader() { return nullptr; }

}  // namespace outpost::sql::detail
