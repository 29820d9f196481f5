#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/ledgers/ledger.h"
#include "store/sql/connection.h"
#include "store/sql/writer.h"

/// Ledgers on disk: one value row per ledger and one row per transaction, both kept beside those
/// of the same case. Writing happens inside a batch of the one writer, reading anywhere.
namespace outpost::ledgers {

/// A ledger's address in the stores: its key and the row of its case.
struct Place {
  Key key;
  std::int64_t case_row = 0;
};

struct Value {
  Key key;
  std::int64_t balance = 0;
  Instant last_modified;
  std::int64_t last_form_row = 0;
};

/// Balances of several ledgers of stored cases, in their order; empty where there is no value.
std::vector<std::optional<std::int64_t>> ReadBalances(sql::Connection& connection,
                                                      const std::vector<Place>& places);

/// Adds a form's transactions to one ledger, sets its value to the last of them, and appends the
/// change record.
void Append(sql::Batch& batch, std::int64_t project, const Place& place,
            const std::vector<Transaction>& transactions, Instant modified_on);

/// A form's part in a ledger's history is exchanged for another.
struct Revision {
  std::int64_t form_row = 0;
  std::vector<Transaction> added;  // of this form; empty: its part is gone
  bool keeps_empty_value = false;  // without any transaction balance 0 stays, else no value
};
/// Changes a ledger's history and replays it by report date (23.5). A ledger that never was and
/// gets nothing is left alone.
void Revise(sql::Batch& batch, std::int64_t project, const Place& place, const Revision& revision);

/// All ledgers of a case, by section and entry.
std::vector<Value> ListValues(sql::Connection& connection, std::int64_t case_row,
                              std::string_view case_id);
/// A ledger's history, by report date.
std::vector<Transaction> ListTransactions(sql::Connection& connection, const Place& place);

/// The ledger document of 23.3.
std::string RenderLedger(const Value& value, std::string_view project,
                         std::string_view last_form_id,
                         const std::optional<std::string>& location_id);

}  // namespace outpost::ledgers
