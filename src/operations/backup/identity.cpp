#include "operations/backup/identity.h"

#include <algorithm>
#include <optional>

#include "base/ids.h"
#include "base/problem.h"
#include "base/text.h"
#include "operations/backup/layout.h"

namespace outpost::backup {
namespace {

std::optional<std::string> ReadMeta(sql::Connection& connection, std::string_view name) {
  const auto rows = connection.Query("SELECT value FROM meta WHERE name = $1", {name});
  if (!rows->Next()) return std::nullopt;
  return rows->String(0);
}

}  // namespace

Identity IdentityOf(sql::Database& database, sql::Writer& writer) {
  std::optional<std::string> id;
  std::optional<std::string> generation;
  const auto read = [&](sql::Connection& connection) {
    id = ReadMeta(connection, "database_id");
    generation = ReadMeta(connection, "generation");
  };
  read(*database.Read());
  if (!id || !generation) {
    writer.Run(0, [&](sql::Batch& batch) {
      read(batch.connection());
      const auto put = [&](std::string_view name, std::optional<std::string>& value,
                           std::string made) {
        if (value) return;
        batch.connection().Execute("INSERT INTO meta (name, value) VALUES ($1, $2)", {name, made});
        value = std::move(made);
      };
      put("database_id", id, NewHexId());
      put("generation", generation, HexOf(NewSeries()));
    });
  }
  Identity identity;
  identity.generation = *generation;
  const auto bytes = BytesOfHex(*id);
  if (!bytes || bytes->size() != identity.database.size()) {
    throw Problem(ProblemKind::kInternal,
                  "The database is damaged: its id is unreadable. Restore the last backup.");
  }
  std::copy(bytes->begin(), bytes->end(), identity.database.begin());
  return identity;
}

}  // namespace outpost::backup
