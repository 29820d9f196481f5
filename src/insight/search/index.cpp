#include "insight/search/index.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/text.h"
#include "insight/search/detail/schema.h"
#include "insight/search/detail/token_text.h"
#include "store/sql/migrations.h"

namespace outpost::search {
namespace {

constexpr auto kFirst = std::numeric_limits<std::int64_t>::min();
constexpr auto kLast = std::numeric_limits<std::int64_t>::max();

std::string TableOf(Subject subject) {
  return subject == Subject::kForms ? "found_forms" : "found_cases";
}

std::int64_t NumberOf(Subject subject) { return subject == Subject::kForms ? 1 : 2; }

std::string DdlOf(sql::Engine engine) {
  return std::string(detail::kProgress) +
         std::string(engine == sql::Engine::kSqlite ? detail::kSqlite : detail::kPostgresql);
}

}  // namespace

std::unique_ptr<sql::Database> Open(const sql::DatabaseOptions& options) {
  const auto ddl = DdlOf(sql::EngineAt(options.location));
  return sql::Database::OpenBeside(options, {"search", detail::kSchemaVersion, ddl});
}

Reading::Reading(sql::Database& database, Subject subject, std::int64_t project)
    : source_{database, subject, project}, lease_(database.Read()) {
  lease_->Begin();
  made_for_ = ReadMadeFor(*lease_);
  fed_to_ = ReadFedTo(*lease_, subject, project);
}

bool Reading::Require(const Needle& needle) {
  auto sets = TokensFor(source_, needle);
  for (const auto& set : sets) {
    if (set.empty()) return false;
  }
  if (sets.empty()) return false;
  required_.push_back(std::move(sets));
  return true;
}

std::vector<std::int64_t> Reading::Find(std::int64_t limit) { return Ask(kFirst, kLast, limit); }

std::optional<std::vector<std::int64_t>> Reading::FindWithin(std::int64_t first, std::int64_t last,
                                                             std::int64_t limit) {
  auto rows = Ask(first, last, limit + 1);
  if (std::cmp_greater(rows.size(), limit)) return std::nullopt;
  return rows;
}

std::vector<std::int64_t> Reading::Ask(std::int64_t first, std::int64_t last, std::int64_t limit) {
  const auto table = TableOf(source_.subject);
  std::string sql;
  std::vector<std::string> texts;
  if (lease_->engine() == sql::Engine::kSqlite) {
    sql =
        "SELECT rowid FROM " + table + " WHERE " + table + " MATCH $1 AND rowid BETWEEN $2 AND $3";
    texts.push_back(detail::MatchOf(required_));
  } else {
    // The planner knows little of arrays and would rather read the whole table.
    lease_->Execute("SET LOCAL enable_seqscan = off");
    sql = "SELECT id FROM " + table + " WHERE ";
    for (const auto& sets : required_) {
      sql += "(";
      for (std::size_t i = 0; i < sets.size(); ++i) {
        texts.push_back(detail::TextOf(lease_->engine(), sets[i]));
        sql += (i > 0 ? " OR " : "") + std::string("tokens @> CAST($") +
               std::to_string(texts.size()) + " AS INTEGER[])";
      }
      sql += ") AND ";
    }
    sql += "id BETWEEN $" + std::to_string(texts.size() + 1) + " AND $" +
           std::to_string(texts.size() + 2);
  }
  std::vector<sql::Param> params(texts.begin(), texts.end());
  params.insert(params.end(), {first, last, limit});
  sql += " LIMIT $" + std::to_string(params.size());
  std::vector<std::int64_t> found;
  const auto rows = lease_->Query(sql, params);
  while (rows->Next()) found.push_back(rows->Int(0));
  // FTS5 names them in this order.
  if (lease_->engine() != sql::Engine::kSqlite) std::sort(found.begin(), found.end());
  return found;
}

Instant ReadMadeFor(sql::Connection& connection) {
  const auto rows = connection.Query("SELECT begun_at FROM made_for");
  return rows->Next() ? Instant{rows->Int(0)} : Instant{};
}

void BeginAnew(sql::Connection& connection, Instant lists_begun_at) {
  const auto ddl = sql::DdlFor(connection.engine(), DdlOf(connection.engine()));
  connection.Begin();
  for (const auto* table : {"made_for", "fed", "found_forms", "found_cases"}) {
    connection.Execute("DROP TABLE IF EXISTS " + std::string(table));
  }
  for (const auto statement : Split(ddl, ';')) {
    if (!Trim(statement).empty()) connection.Execute(Trim(statement));
  }
  connection.Execute("UPDATE made_for SET begun_at = $1", {lists_begun_at.micros});
  connection.Commit();
}

Instant ReadFedTo(sql::Connection& connection, Subject subject, std::int64_t project) {
  const auto rows =
      connection.Query("SELECT indexed_on FROM fed WHERE subject = $1 AND project = $2",
                       {NumberOf(subject), project});
  return rows->Next() ? Instant{rows->Int(0)} : Instant{};
}

void WriteFedTo(sql::Connection& connection, Subject subject, std::int64_t project, Instant at) {
  connection.Execute(
      "INSERT INTO fed (subject, project, indexed_on) VALUES ($1, $2, $3) "
      "ON CONFLICT (subject, project) DO UPDATE SET indexed_on = excluded.indexed_on",
      {NumberOf(subject), project, at.micros});
}

void Put(sql::Connection& connection, Subject subject, std::int64_t row,
         std::span<const Token> tokens) {
  const auto table = TableOf(subject);
  const auto text = detail::TextOf(connection.engine(), tokens);
  if (connection.engine() == sql::Engine::kSqlite) {
    connection.Execute("INSERT INTO " + table + " (rowid, tokens) VALUES ($1, $2)", {row, text});
    return;
  }
  connection.Execute("INSERT INTO " + table +
                         " (id, tokens) VALUES ($1, CAST($2 AS INTEGER[])) "
                         "ON CONFLICT (id) DO UPDATE SET tokens = excluded.tokens",
                     {row, text});
}

}  // namespace outpost::search
