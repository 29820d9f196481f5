#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/instant.h"
#include "insight/search/needle.h"
#include "insight/search/tokens.h"
#include "store/sql/database.h"

/// The token index beside the lists: which rows may have what is looked for. A file of its own
/// (search.db), on PostgreSQL a schema of its own. It is made from the lists and the documents, may
/// lag behind both, and may be deleted.
///
///   SQLite: an FTS5 table without contents   PostgreSQL: a GIN index over arrays
///
/// What a row no longer has may still be found there: whoever asks looks at the row.
namespace outpost::search {

/// @throws Problem kInternal with a remedy when it can neither be used nor made.
std::unique_ptr<sql::Database> Open(const sql::DatabaseOptions& options);

/// One state of the index for one project space, for reading. Threads: one at a time.
class Reading {
 public:
  Reading(sql::Database& database, Subject subject, std::int64_t project);

  /// Whether the index was made from these lists (query::Cursor::begun_at).
  bool IsOf(Instant lists_begun_at) const { return made_for_ == lists_begun_at; }
  /// Every listed row whose indexed_on is not later is in here.
  Instant fed_to() const { return fed_to_; }

  /// Adds what rows must have. @returns false when the needle says nothing that is in the index.
  bool Require(const Needle& needle);
  bool is_empty() const { return required_.empty(); }

  /// Rows that may have everything required, by id; at most `limit`.
  std::vector<std::int64_t> Find(std::int64_t limit);
  /// Of rows in a stretch of ids, both ends included. None: there are more than `limit`.
  std::optional<std::vector<std::int64_t>> FindWithin(std::int64_t first, std::int64_t last,
                                                      std::int64_t limit);

 private:
  std::vector<std::int64_t> Ask(std::int64_t first, std::int64_t last, std::int64_t limit);

  TokenSource source_;
  sql::ReadLease lease_;
  Instant made_for_, fed_to_;
  std::vector<TokenSets> required_;
};

/// For the one writer.
Instant ReadMadeFor(sql::Connection& connection);
/// Empties everything, in a transaction of its own.
void BeginAnew(sql::Connection& connection, Instant lists_begun_at);
Instant ReadFedTo(sql::Connection& connection, Subject subject, std::int64_t project);
void WriteFedTo(sql::Connection& connection, Subject subject, std::int64_t project, Instant at);
/// Rows are best put in the order of their ids.
void Put(sql::Connection& connection, Subject subject, std::int64_t row,
         std::span<const Token> tokens);

}  // namespace outpost::search
