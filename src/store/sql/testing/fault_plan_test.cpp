#include "store/sql/testing/fault_plan.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace outpost::sql_testing {
namespace {

TEST(FaultPlanTest, ReadsEveryKindOfWord) {
  const auto plan = ParseFaultPlan(
      "write:7:EIO, sync:2+:EIO,open:1:ENOSPC,full:1048576,"
      "drop-unsynced,seed:42");
  ASSERT_EQ(plan.faults.size(), 3U);
  EXPECT_EQ(plan.faults[0].call, FileCall::kWrite);
  EXPECT_EQ(plan.faults[0].at, 7U);
  EXPECT_FALSE(plan.faults[0].is_lasting);
  EXPECT_EQ(plan.faults[1].call, FileCall::kSync);
  EXPECT_TRUE(plan.faults[1].is_lasting);
  EXPECT_TRUE(plan.faults[2].is_full);
  EXPECT_EQ(plan.growth_bytes_max, 1'048'576);
  EXPECT_TRUE(plan.drops_unsynced);
  EXPECT_EQ(plan.seed, 42U);
}

TEST(FaultPlanTest, RefusesWhatItDoesNotKnow) {
  for (const auto* text : {"write", "write:0:EIO", "write:x:EIO", "write:1:EWHAT", "paint:1:EIO",
                           "full:", "full:-1"}) {
    EXPECT_THROW(ParseFaultPlan(text), std::invalid_argument) << text;
  }
}

}  // namespace
}  // namespace outpost::sql_testing
