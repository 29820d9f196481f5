#include "store/sql/detail/side_schema.h"

#include "base/log.h"
#include "base/text.h"
#include "store/sql/detail/schema_steps.h"
#include "store/sql/migrations.h"

namespace outpost::sql::detail {
namespace {

constexpr std::string_view kMetaTable =
    "CREATE TABLE IF NOT EXISTS meta (name {text} PRIMARY KEY NOT NULL, value {text} NOT NULL) "
    "{keyed}";

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
  if (version.empty()) {
    MakeTables(connection, schema);
  } else if (version != std::to_string(schema.version)) {
    return {};
  }
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
