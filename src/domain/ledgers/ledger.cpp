#include "domain/ledgers/ledger.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace outpost::ledgers {
namespace {

/// No history of forms reaches these limits; one that was made to stays at the limit.
std::int64_t AddSaturated(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return b < 0 ? std::numeric_limits<std::int64_t>::min()
               : std::numeric_limits<std::int64_t>::max();
}

std::int64_t Difference(std::int64_t a, std::int64_t b) {
  std::int64_t difference = 0;
  if (!__builtin_sub_overflow(a, b, &difference)) return difference;
  return a < b ? std::numeric_limits<std::int64_t>::min()
               : std::numeric_limits<std::int64_t>::max();
}

}  // namespace

Transaction Move(const Movement& movement, std::int64_t balance, Instant received_on) {
  Transaction transaction;
  transaction.kind = movement.kind;
  transaction.server_date = received_on;
  transaction.report_date = movement.date.value_or(received_on);
  transaction.user_type = movement.user_type;
  if (movement.kind == Kind::kBalance) {
    transaction.updated_balance = movement.quantity;
    transaction.delta = Difference(movement.quantity, balance);
  } else {
    transaction.updated_balance = AddSaturated(balance, movement.quantity);
    transaction.delta = movement.quantity;
  }
  return transaction;
}

void SortByReportDate(std::vector<Transaction>& history) {
  std::sort(history.begin(), history.end(), [](const Transaction& a, const Transaction& b) {
    return std::tie(a.report_date, a.form_row, a.step) <
           std::tie(b.report_date, b.form_row, b.step);
  });
}

std::int64_t Replay(std::vector<Transaction>& history) {
  std::int64_t balance = 0;
  for (auto& line : history) {
    if (line.kind == Kind::kBalance) {
      line.delta = Difference(line.updated_balance, balance);
    } else {
      line.updated_balance = AddSaturated(balance, line.delta);
    }
    balance = line.updated_balance;
  }
  return balance;
}

}  // namespace outpost::ledgers
