#include "store/sql/detail/position.h"

#include "base/problem.h"

namespace outpost::sql::detail {
namespace {

constexpr std::int64_t kBatchLock = 0x6f7574706f737400;  // "outpost", 0

Stamp ReadRow(Connection& connection) {
  const auto rows = connection.Query("SELECT seq, at FROM position WHERE id = 1");
  if (!rows->Next()) {
    throw Problem(ProblemKind::kInternal,
                  "The database is damaged: it has no position. Restore the last backup.");
  }
  return {rows->Int(0), {rows->Int(1)}};
}

}  // namespace

Stamp ReadPosition(Connection& connection) {
  const auto last = ReadRow(connection);
  const auto rows = connection.Query("SELECT 1 FROM changes WHERE seq > $1 LIMIT 1", {last.seq});
  if (rows->Next() && connection.engine() == Engine::kSqlite) {
    throw Problem(ProblemKind::kInternal,
                  "The database is damaged: its change log is ahead of its position. Restore the "
                  "last backup.");
  }
  return last;
}

Stamp BeginBatch(Connection& connection, Stamp known) {
  connection.Begin();
  if (connection.engine() == Engine::kSqlite) return known;
  // Released by the end of the transaction, when its changes are visible to the next holder.
  connection.Execute("SELECT pg_advisory_xact_lock($1)", {kBatchLock});
  return ReadRow(connection);
}

void WritePosition(Connection& connection, Stamp last) {
  connection.Execute("UPDATE position SET seq = $1, at = $2 WHERE id = 1",
                     {last.seq, last.at.micros});
}

}  // namespace outpost::sql::detail
