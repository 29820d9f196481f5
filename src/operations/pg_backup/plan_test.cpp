#include <gtest/gtest.h>

#include <string>

#include "base/problem.h"
#include "operations/pg_backup/catalogue.h"
#include "operations/pg_backup/server.h"

namespace outpost::pg_backup {
namespace {

constexpr std::int64_t kSegment = std::int64_t{16} << 20;

Instant Minute(std::int64_t number) { return {number * 60 * kMicrosPerSecond}; }

/// A base of segment 5 that ends in segment 6, made in minute 10.
Catalogue WithBase() {
  Catalogue catalogue;
  Manifest manifest;
  manifest.timeline = 1;
  manifest.segment_bytes = kSegment;
  manifest.start_lsn = 5 * kSegment + 40;
  manifest.end_lsn = 6 * kSegment + 100;
  manifest.at = Minute(10);
  BaseEntry base;
  base.at = manifest.at;
  base.manifest = manifest;
  catalogue.bases.push_back(base);
  return catalogue;
}

void AddSegment(Catalogue& catalogue, std::int64_t number, std::int64_t filled, Instant last) {
  const WalName name{{}, 1, number, kSegment, filled, number, last};
  catalogue.wal.push_back({name, NameOf(name), filled});
}

TEST(PgLayout, NamesOfTheLogAreReadAsTheyAreWritten) {
  const WalName name{{1, 2, 3, 4, 5, 6, 7, 8}, 3, 0x1ff, kSegment, 77, 1'234, {5'678}};
  EXPECT_EQ(NameOf(name),
            "pg-wal/0102030405060708/0000000300000001/0000000300000001000000FF-77-1234-5678.wal");
  const auto read = ParseWalName(NameOf(name), kSegment);
  ASSERT_TRUE(read);
  EXPECT_EQ(NameOf(*read), NameOf(name));
  EXPECT_EQ(read->end_lsn(), 0x1ff * kSegment + 77);
  EXPECT_FALSE(ParseWalName("pg-wal/0102030405060708/x/000000030000000100-1-1-1.wal", kSegment));
  const WalName overfull{{}, 1, 1, kSegment, kSegment + 1, 1, {}};
  EXPECT_FALSE(ParseWalName(NameOf(overfull), kSegment));
}

TEST(PgLayout, PositionsOfTheLogAreReadAsPostgresqlWritesThem) {
  EXPECT_EQ(LsnOf("16/B374D848"), (std::int64_t{0x16} << 32) + 0xB374D848);
  EXPECT_EQ(TextOfLsn(LsnOf("16/B374D848")), "16/B374D848");
}

TEST(PgPlan, ThePasswordIsNotAmongTheParameters) {
  const auto reach =
      ReachOf("postgresql://ann:s%27ecret@db.example.org:5433/forms?sslmode=require");
  EXPECT_EQ(reach.parameters.find("ecret"), std::string::npos);
  EXPECT_EQ(reach.environment.at("PGPASSWORD"), "s'ecret");
  EXPECT_NE(reach.parameters.find("host='db.example.org'"), std::string::npos);
  EXPECT_THROW(ReachOf("postgresql:///forms?sslpassword=x"), Problem);
}

TEST(PgPlan, TheNewestStateTakesAllOfTheLog) {
  auto catalogue = WithBase();
  AddSegment(catalogue, 5, kSegment, Minute(9));
  AddSegment(catalogue, 6, kSegment, Minute(11));
  AddSegment(catalogue, 7, 4'000, Minute(12));
  const auto plan = PlanRestore(catalogue, std::nullopt);
  EXPECT_EQ(plan.wal.size(), 3U);
  EXPECT_FALSE(plan.stop_at);
  EXPECT_EQ(plan.shortfall, "");
}

TEST(PgPlan, AMomentTakesTheLogUpToACommitBehindIt) {
  auto catalogue = WithBase();
  for (std::int64_t number = 5; number < 20; ++number) {
    AddSegment(catalogue, number, kSegment, Minute(4 + number));
  }
  const auto plan = PlanRestore(catalogue, Minute(12) + 1);
  ASSERT_FALSE(plan.wal.empty());
  EXPECT_EQ(plan.wal.back().name.last_at, Minute(13));
  EXPECT_EQ(plan.stop_at, Minute(12) + 1);
}

TEST(PgPlan, AMomentBehindTheNewestCommitIsTheNewestState) {
  auto catalogue = WithBase();
  AddSegment(catalogue, 5, kSegment, Minute(9));
  AddSegment(catalogue, 6, 200, Minute(11));
  EXPECT_FALSE(PlanRestore(catalogue, Minute(11)).stop_at);
  EXPECT_TRUE(PlanRestore(catalogue, Minute(11) + -1).stop_at);
}

TEST(PgPlan, AMomentBeforeTheOldestBaseIsRefused) {
  auto catalogue = WithBase();
  AddSegment(catalogue, 5, kSegment, Minute(9));
  AddSegment(catalogue, 6, kSegment, Minute(11));
  EXPECT_NO_THROW(PlanRestore(catalogue, Minute(10)));
  EXPECT_THROW(PlanRestore(catalogue, Minute(10) + -1), Problem);
}

TEST(PgPlan, ABaseWithoutTheLogOfItsCopyIsNotRestored) {
  auto catalogue = WithBase();
  AddSegment(catalogue, 5, kSegment, Minute(9));
  AddSegment(catalogue, 6, 99, Minute(11));
  EXPECT_THROW(PlanRestore(catalogue, std::nullopt), Problem);
  catalogue.wal.pop_back();
  AddSegment(catalogue, 6, 100, Minute(11));
  EXPECT_NO_THROW(PlanRestore(catalogue, std::nullopt));
}

TEST(PgPlan, WhatLiesBehindAGapIsToldAsMissing) {
  auto catalogue = WithBase();
  AddSegment(catalogue, 5, kSegment, Minute(9));
  AddSegment(catalogue, 6, kSegment, Minute(11));
  AddSegment(catalogue, 8, kSegment, Minute(12));
  const auto plan = PlanRestore(catalogue, std::nullopt);
  EXPECT_EQ(plan.wal.size(), 2U);
  EXPECT_NE(plan.shortfall.find("000000010000000000000007"), std::string::npos);
}

}  // namespace
}  // namespace outpost::pg_backup
