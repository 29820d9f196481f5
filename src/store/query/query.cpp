#include "store/query/query.h"

#include <vector>

#include "base/clock.h"
#include "base/text.h"
#include "store/query/schema.h"
#include "store/sql/migrations.h"

namespace outpost::query {
namespace {

std::vector<std::string> StatementsOf(sql::Engine engine, std::string_view ddl) {
  std::vector<std::string> statements;
  const auto text = sql::DdlFor(engine, ddl);
  for (const auto statement : Split(text, ';')) {
    if (!Trim(statement).empty()) statements.emplace_back(Trim(statement));
  }
  return statements;
}

/// The third word of "CREATE INDEX name ON …" or of "CREATE TABLE name (…".
std::string NameIn(std::string_view statement) { return std::string(Split(statement, ' ').at(2)); }

}  // namespace

std::unique_ptr<sql::Database> Open(const sql::DatabaseOptions& options) {
  static const std::string ddl = std::string(kTables) + std::string(kIndexes);
  return sql::Database::OpenBeside(options, {"query", kSchemaVersion, ddl});
}

Cursor ReadCursor(sql::Connection& connection) {
  const auto rows = connection.Query("SELECT seq, at, is_complete, begun_at FROM followed");
  if (!rows->Next()) return {};
  return {rows->Int(0), {rows->Int(1)}, rows->Int(2) != 0, {rows->Int(3)}};
}

void WriteCursor(sql::Connection& connection, const Cursor& cursor) {
  connection.Execute("UPDATE followed SET seq = $1, at = $2, is_complete = $3",
                     {cursor.seq, cursor.at.micros, std::int64_t{cursor.is_complete}});
}

void BeginAnew(sql::Connection& connection) {
  connection.Begin();
  const auto statements = StatementsOf(connection.engine(), kTables);
  for (const auto& statement : statements) {
    if (statement.starts_with("CREATE TABLE")) {
      connection.Execute("DROP TABLE IF EXISTS " + NameIn(statement));
    }
  }
  for (const auto& statement : statements) connection.Execute(statement);
  connection.Execute("UPDATE followed SET begun_at = $1", {SystemClock().Now().micros});
  connection.Commit();
}

std::vector<IndexStep> IndexSteps(sql::Engine engine) {
  std::vector<IndexStep> steps;
  for (auto& statement : StatementsOf(engine, kIndexes)) {
    steps.push_back({NameIn(statement), std::move(statement)});
  }
  return steps;
}

std::int64_t TermOf(const sql::Database& query, std::int64_t project, char kind,
                    std::string_view text) {
  if (text.empty()) return 0;
  std::string keyed(1, kind);
  keyed += text;
  return query.HashOf(project, keyed);
}

}  // namespace outpost::query
