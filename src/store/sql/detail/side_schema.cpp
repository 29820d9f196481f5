#include "store/sql/detail/side_schema.h"

#include <fstream>

#include "base/log.h"
#include "base/text.h"
#include "store/sql/detail/schema_steps.h"
#include "store/sql/migrations.h"

namespace outpost::sql::detail {
namespace {

constexpr std::string_view kUsedIn = "used_in";
constexpr std::string_view kMetaTable =
    "CREATE TABLE IF NOT EXISTS meta (name {text} PRIMARY KEY NOT NULL, value {text} NOT NULL) "
    "{keyed}";

/// Names this run of the machine: a side database on SQLite is not forced to the disk, so that it
/// may be torn after a power cut, and only then. Empty where nobody knows.
std::string RunOfMachine() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(file, id);
  return id;
}

void SetMeta(Connection& connection, std::string_view name, std::string_view value) {
  connection.Execute(
      "INSERT INTO meta (name, value) VALUES ($1, $2) "
      "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      {name, value});
}

/// Whether it was in use when the machine stopped.
bool MayBeTorn(Connection& connection, const std::string& run) {
  const auto used_in = ReadMeta(connection, kUsedIn);
  return connection.engine() == Engine::kSqlite && !used_in.empty() && used_in != run;
}

void MakeTables(Connection& connection, const SideSchema& schema) {
  RunDdl(connection, schema.ddl);
  connection.Execute("INSERT INTO meta (name, value) VALUES ('version', $1)",
                     {std::to_string(schema.version)});
  Log(LogLevel::kInfo, "store.begun_anew",
      {{"database", schema.name}, {"version", schema.version}});
}

std::string BringUpInTransaction(Connection& connection, const SideSchema& schema) {
  RunDdl(connection, kMetaTable);
  const auto version = ReadMeta(connection, "version");
  const auto run = RunOfMachine();
  if (version.empty()) {
    MakeTables(connection, schema);
  } else if (version != std::to_string(schema.version) || MayBeTorn(connection, run)) {
    return {};
  }
  SetMeta(connection, kUsedIn, run);
  return ReadOrMakeHashKey(connection);
}

}  // namespace

std::string BringUp(Connection& connection, const SideSchema& schema) {
  connection.Begin();
  try {
    auto key = BringUpInTransaction(connection, schema);
    if (key.empty()) {
      connection.Rollback();
    } else {
      connection.Commit();
    }
    return key;
  } catch (...) {
    connection.Rollback();
    throw;
  }
}

}  // namespace outpost::sql::detail

namespace outpost::sql {

void LeaveWhole(Connection& writing) {
  if (writing.engine() != Engine::kSqlite) return;
  writing.Query("PRAGMA synchronous = FULL")->Next();
  writing.Query("PRAGMA wal_checkpoint(TRUNCATE)")->Next();
  detail::SetMeta(writing, detail::kUsedIn, "");
}

}  // namespace outpost::sql
