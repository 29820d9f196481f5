#include "domain/ledgers/ledger.h"

#include <gtest/gtest.h>

#include <limits>

namespace outpost::ledgers {
namespace {

constexpr Instant kReceived{1'700'000'000'000'000};

Movement Of(Kind kind, std::int64_t quantity) {
  Movement movement;
  movement.kind = kind;
  movement.quantity = quantity;
  return movement;
}

Transaction Line(Kind kind, std::int64_t amount, std::int64_t day, std::int64_t form_row) {
  auto line = Move(Of(kind, amount), 0, {day * kMicrosPerDay});
  line.form_row = form_row;
  return line;
}

TEST(LedgerMovements, OfABalanceSetAndOfATransferAdd) {
  const auto set = Move(Of(Kind::kBalance, 30), 100, kReceived);
  EXPECT_EQ(set.delta, -70);
  EXPECT_EQ(set.updated_balance, 30);
  EXPECT_EQ(set.report_date, kReceived);
  const auto moved = Move(Of(Kind::kTransfer, -30), 20, kReceived);
  EXPECT_EQ(moved.delta, -30);
  EXPECT_EQ(moved.updated_balance, -10);
}

TEST(LedgerReplay, GoesByReportDateAndThenByArrival) {
  std::vector<Transaction> history = {
      Line(Kind::kTransfer, 5, 3, 1),
      Line(Kind::kBalance, 100, 2, 2),
      Line(Kind::kTransfer, -20, 2, 3),
      Line(Kind::kBalance, 7, 1, 4),
  };
  SortByReportDate(history);
  EXPECT_EQ(Replay(history), 85);
  const std::pair<std::int64_t, std::int64_t> expected[] = {{7, 7}, {93, 100}, {-20, 80}, {5, 85}};
  for (std::size_t i = 0; i < history.size(); ++i) {
    EXPECT_EQ(history[i].delta, expected[i].first) << i;
    EXPECT_EQ(history[i].updated_balance, expected[i].second) << i;
  }
}

TEST(LedgerReplay, OfNothingIsZero) {
  std::vector<Transaction> history;
  EXPECT_EQ(Replay(history), 0);
}

TEST(LedgerReplay, StaysAtTheLimitInsteadOfOverflowing) {
  std::vector<Transaction> history;
  Transaction huge = Line(Kind::kTransfer, 0, 1, 1);
  huge.delta = std::numeric_limits<std::int64_t>::max() - 1;
  history.assign(3, huge);
  EXPECT_EQ(Replay(history), std::numeric_limits<std::int64_t>::max());
}

TEST(LedgerKeys, AreJoinedForChangeRecords) {
  EXPECT_EQ((Key{"c1", "stock", "p1"}.DocumentId()), "c1/stock/p1");
}

}  // namespace
}  // namespace outpost::ledgers
