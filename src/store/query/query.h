#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "store/sql/database.h"

/// The analytics database: what lists and searches need, made from the primary database and at any
/// time made again from it. A file of its own (query.db), on PostgreSQL a schema of its own.
///
///   primary ─change log─► insight/lists (rebuild, then follow) ─► query.db ─► pages of row ids
///
/// It has one writer, the feeder of insight/lists; it may lag, is not backed up, and may be
/// deleted.
namespace outpost::query {

/// @throws Problem kInternal with a remedy when it can neither be used nor made.
std::unique_ptr<sql::Database> Open(const sql::DatabaseOptions& options);

/// How far the primary database's changes are in here.
struct Cursor {
  std::int64_t seq = 0;
  Instant at;  // of the change at `seq`, to know another history by
  /// False while the tables are filled from the start: they must not be read then.
  bool is_complete = false;
  /// When the tables were last begun anew: what is made from them belongs to one such moment.
  Instant begun_at = {};
};
Cursor ReadCursor(sql::Connection& connection);
/// `begun_at` stays what BeginAnew made it.
void WriteCursor(sql::Connection& connection, const Cursor& cursor);

/// Empties all tables and takes their indexes away, for a fast start. In a transaction of its own.
void BeginAnew(sql::Connection& connection);
/// The indexes that BeginAnew took away, one after the other. `name` tells of the work that begins.
struct IndexStep {
  std::string name;
  std::string ddl;
};
std::vector<IndexStep> IndexSteps(sql::Engine engine);

/// The lists of the tables. Texts are kept as TermOf; 0 stands for none. Times are microseconds;
/// a case's times of phones may be null.
inline constexpr const char* kForms = "listed_forms";
inline constexpr const char* kCases = "listed_cases";

/// The 64-bit hash under which a text of a project space is listed: `kind` keeps fields apart. Two
/// texts with one hash are told apart by the row in the primary database.
std::int64_t TermOf(const sql::Database& query, std::int64_t project, char kind,
                    std::string_view text);

}  // namespace outpost::query
