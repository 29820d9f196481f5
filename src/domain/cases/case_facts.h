#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "base/instant.h"
#include "store/sql/connection.h"

/// What lists sort and filter stored cases by: for readers of the change log.
namespace outpost::cases {

struct CaseFacts {
  std::int64_t row = 0;
  std::int64_t project = 0;
  bool is_deleted = false;
  bool is_closed = false;
  std::string type, name, owner_id, external_id, modified_by;
  std::optional<Instant> opened_on, modified_on, closed_on;  // of phones
  Instant server_modified_on, indexed_on;
};
using EachCaseFacts = std::function<void(const CaseFacts&)>;

/// The cases in these rows; rows that are gone are left out.
void ReadFacts(sql::Connection& connection, std::span<const std::int64_t> rows,
               const EachCaseFacts& each);
/// At most `limit` cases in the rows after `after`, in order. @returns how many.
int ScanFacts(sql::Connection& connection, std::int64_t after, int limit,
              const EachCaseFacts& each);

}  // namespace outpost::cases
