#include "operations/doctor/database_facts.h"

#include <libpq-fe.h>
#include <sqlite3.h>

#include <boost/json.hpp>
#include <filesystem>
#include <memory>
#include <system_error>

namespace outpost::doctor {
namespace {

constexpr const char* kNewestStep = "SELECT MAX(number) FROM schema_steps";
/// A whole integrity check may list thousands of faults; a few say enough.
constexpr const char* kIntegrity = "PRAGMA integrity_check(10)";

std::int64_t SizeOf(const std::filesystem::path& file) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(file, error);
  return error ? 0 : static_cast<std::int64_t>(bytes);
}

void ReadSizes(const DataPaths& paths, DatabaseFacts& facts) {
  facts.database_bytes = SizeOf(paths.database());
  facts.log_bytes = SizeOf(paths.database().string() + "-wal");
}

struct CloseSqlite {
  void operator()(sqlite3* db) const { sqlite3_close(db); }
};
struct FinishPostgresql {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct ClearPostgresql {
  void operator()(PGresult* result) const { PQclear(result); }
};

/// Appends the first column of each row as a line; false on an error.
bool ReadLines(sqlite3* db, const char* sql, std::string& lines) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(db, sql, -1, &statement, nullptr) != SQLITE_OK) return false;
  int code = SQLITE_ROW;
  while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
    const auto* text = sqlite3_column_text(statement, 0);
    if (text != nullptr) lines += reinterpret_cast<const char*>(text);
    lines += '\n';
  }
  sqlite3_finalize(statement);
  return code == SQLITE_DONE;
}

std::int64_t IntIn(const boost::json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_int64() ? value->as_int64() : 0;
}
std::string TextIn(const boost::json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

}  // namespace

DatabaseFacts ExamineRunning(sql::Database& database, const DataPaths& paths, bool is_deep) {
  DatabaseFacts facts;
  try {
    const bool is_sqlite = database.engine() == sql::Engine::kSqlite;
    facts.engine = is_sqlite ? "SQLite" : "PostgreSQL";
    {
      const auto reader = database.Read();
      const auto rows = reader->Query(kNewestStep);
      if (rows->Next()) facts.newest_step = rows->Int(0);
    }
    if (is_sqlite) ReadSizes(paths, facts);
    facts.was_checked = is_deep || facts.database_bytes <= kAlwaysCheckedBytesMax;
    if (facts.was_checked) facts.integrity_problems = database.IntegrityProblems();
  } catch (const std::exception& error) {
    facts.error = error.what();
  }
  return facts;
}

DatabaseFacts ExamineFile(const DataPaths& paths) {
  DatabaseFacts facts;
  facts.engine = "SQLite";
  ReadSizes(paths, facts);
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(paths.database().c_str(), &opened,
                                   SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
  const std::unique_ptr<sqlite3, CloseSqlite> db(opened);
  std::string step;
  std::string problems;
  facts.was_checked = true;
  if (code != SQLITE_OK || !ReadLines(db.get(), kNewestStep, step) ||
      !ReadLines(db.get(), kIntegrity, problems)) {
    facts.error = std::string("The database cannot be read: ") + sqlite3_errmsg(db.get());
    return facts;
  }
  facts.newest_step = std::strtoll(step.c_str(), nullptr, 10);
  if (problems != "ok\n") facts.integrity_problems = problems;
  return facts;
}

DatabaseFacts ExaminePostgresql(const std::string& location) {
  DatabaseFacts facts;
  facts.engine = "PostgreSQL";
  const std::unique_ptr<PGconn, FinishPostgresql> connection(PQconnectdb(location.c_str()));
  if (PQstatus(connection.get()) != CONNECTION_OK) {
    facts.error = std::string("PostgreSQL does not answer: ") + PQerrorMessage(connection.get());
    return facts;
  }
  const std::unique_ptr<PGresult, ClearPostgresql> result(PQexec(connection.get(), kNewestStep));
  // Without the table it is a database that no server has started on yet.
  if (PQresultStatus(result.get()) == PGRES_TUPLES_OK && PQntuples(result.get()) == 1) {
    facts.newest_step = std::strtoll(PQgetvalue(result.get(), 0, 0), nullptr, 10);
  }
  return facts;
}

std::string JsonOf(const DatabaseFacts& facts) {
  return boost::json::serialize(
      boost::json::object{{"error", facts.error},
                          {"engine", facts.engine},
                          {"was_checked", facts.was_checked},
                          {"integrity_problems", facts.integrity_problems},
                          {"newest_step", facts.newest_step},
                          {"database_bytes", facts.database_bytes},
                          {"log_bytes", facts.log_bytes}});
}

std::optional<DatabaseFacts> DatabaseFactsOf(std::string_view text) {
  boost::system::error_code error;
  const auto value = boost::json::parse(text, error);
  if (error || !value.is_object()) return std::nullopt;
  const auto& object = value.get_object();
  DatabaseFacts facts;
  facts.error = TextIn(object, "error");
  facts.engine = TextIn(object, "engine");
  const auto* checked = object.if_contains("was_checked");
  facts.was_checked = checked != nullptr && checked->is_bool() && checked->as_bool();
  facts.integrity_problems = TextIn(object, "integrity_problems");
  facts.newest_step = IntIn(object, "newest_step");
  facts.database_bytes = IntIn(object, "database_bytes");
  facts.log_bytes = IntIn(object, "log_bytes");
  return facts;
}

}  // namespace outpost::doctor
