#pragma once

#include <cstdint>
#include <map>
#include <span>

#include "domain/forms/form_facts.h"
#include "insight/lists/detail/tally.h"
#include "store/sql/database.h"

/// The forms as listed: normal and archived ones that are not deleted.
namespace outpost::lists::detail {

struct ListedForm {
  std::int64_t id = 0, project = 0;
  bool is_archived = false;
  std::int64_t xmlns = 0, app = 0, person = 0;
  std::int64_t received_on = 0, server_modified_on = 0, indexed_on = 0;
};

class FormTable {
 public:
  FormTable(sql::Database& database, sql::Connection& query, Tally& tally)
      : database_(database), query_(query), tally_(tally) {}

  static bool IsListed(const forms::FormFacts& facts);
  /// A row that is not there yet.
  void Insert(const forms::FormFacts& facts);
  /// Makes these rows what the primary database says; those that it has no facts of go.
  void Bring(std::span<const std::int64_t> rows, sql::Connection& primary);

 private:
  ListedForm ListedOf(const forms::FormFacts& facts) const;
  void Count(const ListedForm& form, int by);
  void Write(const ListedForm& form);

  sql::Database& database_;
  sql::Connection& query_;
  Tally& tally_;
};

}  // namespace outpost::lists::detail
