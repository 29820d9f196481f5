#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "operations/loadtest/ledger.h"
#include "store/sql/database.h"

/// Compares what the generator was told with what the database holds. Exact: each acknowledged form
/// is there once, complete; each of its cases has one transaction for it and none besides; a form
/// that was not answered is there once and complete, or left no trace.
namespace outpost::loadtest {

struct VerifyResult {
  std::uint64_t checked = 0;
  std::uint64_t found_unanswered = 0;    // not answered, but stored
  std::uint64_t missing = 0;             // acknowledged, but not stored
  std::uint64_t doubled = 0;             // stored more than once
  std::uint64_t incomplete = 0;          // stored, but not processed
  std::uint64_t wrong_transactions = 0;  // cases whose transactions are not one per form
  std::uint64_t surplus = 0;             // forms of the project that nobody sent
  std::vector<std::string> examples;     // at most kExamplesMax lines

  static constexpr std::size_t kExamplesMax = 20;
  bool is_exact() const {
    return missing + doubled + incomplete + wrong_transactions + surplus == 0;
  }
  void Add(const VerifyResult& other);
};

/// Entries are looked up a slice at a time; all entries of a case must be in the same slice, which
/// SliceByCase sees to.
inline constexpr std::size_t kSliceEntries = 800;
std::vector<std::vector<LedgerEntry>> SliceByCase(std::vector<LedgerEntry> entries);

/// Inside the server, on a reading connection.
VerifyResult VerifySlice(sql::Connection& connection, const sql::Database& database,
                         std::int64_t project, std::span<const LedgerEntry> slice);
/// How many forms the project has from this position on. Reads in steps, none of them long.
std::uint64_t CountFormsAfter(sql::Database& database, std::int64_t project, std::int64_t position);

std::string JsonOf(const VerifyResult& result);
/// @throws Problem kMalformed
VerifyResult VerifyResultOf(std::string_view json);

}  // namespace outpost::loadtest
