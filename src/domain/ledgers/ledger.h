#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.h"
#include "domain/cases/case_block.h"
#include "format/xml/xml.h"

/// Ledgers (submission document 23): how much of an entry, such as a product, a case has in a
/// section, such as "stock". What a form says about them, and the arithmetic. Pure.
namespace outpost::ledgers {

inline constexpr std::size_t kIdCharactersMax = 100;                 // of sections and entries
inline constexpr std::size_t kUserTypeCharactersMax = 20;            // longer ones are cut
inline constexpr std::int64_t kQuantityMax = 1'000'000'000'000'000;  // 10^15, either sign

struct Key {
  std::string case_id, section_id, entry_id;
  /// "case/section/entry", as change records name it.
  std::string DocumentId() const { return case_id + '/' + section_id + '/' + entry_id; }
  friend auto operator<=>(const Key&, const Key&) = default;
};

/// Numbers are those CommCare HQ stores.
enum class Kind : std::uint8_t { kBalance = 1, kTransfer = 2 };

/// One line of a ledger block: a balance sets, a transfer adds its signed quantity.
struct Movement {
  Kind kind = Kind::kBalance;
  Key key;
  std::int64_t quantity = 0;
  std::optional<Instant> date;  // empty: when the form was received
  std::string user_type;        // "" for the built-in ones
};

struct FoundMovements {
  std::vector<Movement> movements;  // document order
  std::optional<cases::ContentError> error;
};

/// Reads the ledger blocks of a form (23.1, 23.2). Lines without a readable quantity are skipped.
FoundMovements FindMovements(const xml::Document& form);

/// One line of a ledger's history.
struct Transaction {
  std::int64_t form_row = 0;  // also its place in the order of arrival
  std::int64_t step = 0;      // place among those of the same form and ledger
  Kind kind = Kind::kBalance;
  Instant server_date;
  Instant report_date;
  std::string user_type;
  std::int64_t delta = 0;
  std::int64_t updated_balance = 0;
};

/// The transaction a movement makes on top of `balance` (23.4). form_row and step are the caller's.
Transaction Move(const Movement& movement, std::int64_t balance, Instant received_on);

/// By report date; what was reported at the same time in the order of arrival.
void SortByReportDate(std::vector<Transaction>& history);
/// Corrects delta and balance of each line of a sorted history (23.5). Balances stand, transfers
/// add. @returns the last balance, 0 when there is none.
std::int64_t Replay(std::vector<Transaction>& history);

}  // namespace outpost::ledgers
