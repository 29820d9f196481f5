#include "services/tasks/reserve.h"

#include <gtest/gtest.h>

#include "store/sql/testing/scratch_folder.h"

namespace outpost::tasks {
namespace {

constexpr std::int64_t kGigabyte = 1'000'000'000;
const ReserveLimits kLimits{kGigabyte, 0.02, 200'000'000};

TEST(ReserveTest, ItIsMadeWhenThereIsRoomForItFiveTimesOver) {
  EXPECT_EQ(NextStep({100 * kGigabyte, 5 * kGigabyte}, false, kLimits), ReserveStep::kMake);
  EXPECT_EQ(NextStep({100 * kGigabyte, 5 * kGigabyte - 1}, false, kLimits), ReserveStep::kNothing);
}

TEST(ReserveTest, ItIsGivenUpBelowTwoPercentOfTheDisk) {
  EXPECT_EQ(NextStep({100 * kGigabyte, 2 * kGigabyte}, true, kLimits), ReserveStep::kNothing);
  EXPECT_EQ(NextStep({100 * kGigabyte, 2 * kGigabyte - 1}, true, kLimits), ReserveStep::kGiveUp);
}

TEST(ReserveTest, OnASmallDiskItIsGivenUpBelowTwoHundredMegabytes) {
  EXPECT_EQ(NextStep({kGigabyte, 200'000'000}, true, kLimits), ReserveStep::kNothing);
  EXPECT_EQ(NextStep({kGigabyte, 199'999'999}, true, kLimits), ReserveStep::kGiveUp);
}

TEST(ReserveTest, OneThatWasGivenUpIsNotMadeAgainAtOnce) {
  const std::int64_t free_then = 2 * kGigabyte - 1;
  ASSERT_EQ(NextStep({100 * kGigabyte, free_then}, true, kLimits), ReserveStep::kGiveUp);
  EXPECT_EQ(NextStep({100 * kGigabyte, free_then + kGigabyte}, false, kLimits),
            ReserveStep::kNothing);
}

TEST(ReserveTest, WithoutASizeThereIsNone) {
  EXPECT_EQ(NextStep({100 * kGigabyte, 90 * kGigabyte}, false, {0, 0.02, 0}),
            ReserveStep::kNothing);
}

TEST(ReserveTest, TheFileTakesItsRoomAndGivesItBack) {
  const sql_testing::ScratchFolder folder;
  const auto file = folder.path() / "reserve.bin";
  const ReserveLimits small{1 << 20, 0, 0};
  EXPECT_EQ(TendReserve(file, small), ReserveStep::kMake);
  EXPECT_EQ(std::filesystem::file_size(file), 1U << 20);
  EXPECT_EQ(TendReserve(file, small), ReserveStep::kNothing);
  EXPECT_EQ(TendReserve(file, {1 << 20, 1.1, 0}), ReserveStep::kGiveUp);
  EXPECT_FALSE(std::filesystem::exists(file));
}

}  // namespace
}  // namespace outpost::tasks
