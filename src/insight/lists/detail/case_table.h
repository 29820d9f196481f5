#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "domain/cases/case_facts.h"
#include "insight/lists/detail/tally.h"
#include "store/sql/database.h"

/// The cases as listed: those that are not deleted.
namespace outpost::lists::detail {

struct ListedCase {
  std::int64_t id = 0, project = 0;
  bool is_closed = false;
  std::int64_t type = 0, name = 0, owner = 0, external = 0, person = 0;
  std::optional<std::int64_t> opened_on, modified_on, closed_on;
  std::int64_t server_modified_on = 0, indexed_on = 0;
};

class CaseTable {
 public:
  CaseTable(sql::Database& database, sql::Connection& query, Tally& tally)
      : database_(database), query_(query), tally_(tally) {}

  static bool IsListed(const cases::CaseFacts& facts) { return !facts.is_deleted; }
  /// A row that is not there yet.
  void Insert(const cases::CaseFacts& facts);
  /// Makes these rows what the primary database says; those that it has no facts of go.
  void Bring(std::span<const std::int64_t> rows, sql::Connection& primary);

 private:
  ListedCase ListedOf(const cases::CaseFacts& facts) const;
  void Count(const ListedCase& c, int by);
  void Write(const ListedCase& c);
  void Change(const ListedCase& old, const ListedCase& fresh);

  sql::Database& database_;
  sql::Connection& query_;
  Tally& tally_;
};

}  // namespace outpost::lists::detail
