#include "store/sql/detail/schema_steps.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>

#include "base/clock.h"
#include "base/ids.h"
#include "base/log.h"
#include "base/problem.h"
#include "base/text.h"
#include "store/sql/migrations.h"

namespace outpost::sql::detail {
namespace {

constexpr std::int64_t kMigrationLock = 0x6f7574706f737401;  // "outpost", 1
constexpr std::size_t kHashKeyBytes = 16;

constexpr std::string_view kStepsTable =
    "CREATE TABLE IF NOT EXISTS schema_steps ("
    "number {id}, name {text} NOT NULL, applied_on {int} NOT NULL)";

std::set<std::int64_t> ReadApplied(Connection& connection) {
  std::set<std::int64_t> applied;
  const auto rows = connection.Query("SELECT number FROM schema_steps");
  while (rows->Next()) applied.insert(rows->Int(0));
  return applied;
}

void RefuseWhenTooNew(Connection& connection) {
  std::int64_t newest = 0;
  for (const auto& step : AllMigrations()) newest = std::max(newest, step.number);
  const auto oldest_allowed = ParseInt(ReadMeta(connection, "oldest_step_allowed"));
  if (oldest_allowed && *oldest_allowed > newest) {
    throw Problem(
        ProblemKind::kInternal,
        "The database was upgraded by a newer release that this one cannot work with. "
        "Install the newer release again, or restore the backup made before the upgrade.");
  }
}

void ApplyStep(Connection& connection, const Migration& step) {
  RunDdl(connection, step.ddl);
  connection.Execute("INSERT INTO schema_steps (number, name, applied_on) VALUES ($1, $2, $3)",
                     {step.number, step.name, SystemClock().Now().micros});
}

}  // namespace

void RunDdl(Connection& connection, std::string_view ddl) {
  const std::string text = DdlFor(connection.engine(), ddl);
  for (const auto statement : Split(text, ';')) {
    if (!Trim(statement).empty()) connection.Execute(Trim(statement));
  }
}

std::string ReadMeta(Connection& connection, std::string_view name) {
  const auto rows = connection.Query("SELECT value FROM meta WHERE name = $1", {name});
  return rows->Next() ? rows->String(0) : std::string();
}

std::string ReadOrMakeHashKey(Connection& connection) {
  auto hex = ReadMeta(connection, "hash_key");
  if (hex.empty()) {
    std::array<std::uint8_t, kHashKeyBytes> random{};
    FillRandom(random);
    hex = HexOf(random);
    connection.Execute("INSERT INTO meta (name, value) VALUES ('hash_key', $1)", {hex});
  }
  const auto bytes = BytesOfHex(hex);
  if (!bytes || bytes->size() != kHashKeyBytes) {
    throw Problem(ProblemKind::kInternal,
                  "The database is damaged: its hash key is unreadable. Restore the last backup.");
  }
  return {bytes->begin(), bytes->end()};
}

std::string BringUpToDate(Connection& connection) {
  connection.Begin();
  try {
    if (connection.engine() == Engine::kPostgresql) {
      // Several processes may start at once; without a lock two would create the same table.
      connection.Execute("SELECT pg_advisory_xact_lock($1)", {kMigrationLock});
    }
    connection.Execute(DdlFor(connection.engine(), kStepsTable));
    const auto applied = ReadApplied(connection);
    if (!applied.empty()) RefuseWhenTooNew(connection);
    for (const auto& step : AllMigrations()) {
      if (applied.contains(step.number)) continue;
      ApplyStep(connection, step);
      Log(LogLevel::kInfo, "store.schema_step", {{"number", step.number}, {"name", step.name}});
    }
    auto key = ReadOrMakeHashKey(connection);
    connection.Commit();
    return key;
  } catch (...) {
    connection.Rollback();
    throw;
  }
}

}  // namespace outpost::sql::detail
