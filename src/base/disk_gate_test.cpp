#include "base/disk_gate.h"

#include <gtest/gtest.h>

#include "base/problem.h"

namespace outpost {
namespace {

constexpr std::int64_t kGiB = std::int64_t{1} << 30;

TEST(DiskGateTest, ALargeDiskHasLimitsInBytes) {
  const auto level = [](std::int64_t free) {
    return LevelOf({1'000 * kGiB, free}, DiskLevel::kAmple, {});
  };
  EXPECT_EQ(level(5 * kGiB), DiskLevel::kAmple);
  EXPECT_EQ(level(5 * kGiB - 1), DiskLevel::kLow);
  EXPECT_EQ(level(2 * kGiB), DiskLevel::kLow);
  EXPECT_EQ(level(2 * kGiB - 1), DiskLevel::kFull);
}

TEST(DiskGateTest, ASmallDiskHasLimitsInShares) {
  const auto level = [](std::int64_t free) {
    return LevelOf({20 * kGiB, free}, DiskLevel::kAmple, {});
  };
  EXPECT_EQ(level(kGiB), DiskLevel::kAmple);
  EXPECT_EQ(level(kGiB - 1), DiskLevel::kLow);
  EXPECT_EQ(level(kGiB * 4 / 10 - 1), DiskLevel::kFull);
}

TEST(DiskGateTest, ALevelIsLeftWithATenthMore) {
  const DiskRoom room{1'000 * kGiB, 2 * kGiB + 1'000'000};
  EXPECT_EQ(LevelOf(room, DiskLevel::kLow, {}), DiskLevel::kLow);
  EXPECT_EQ(LevelOf(room, DiskLevel::kFull, {}), DiskLevel::kFull);
  EXPECT_EQ(LevelOf({room.capacity, 3 * kGiB}, DiskLevel::kFull, {}), DiskLevel::kLow);
  EXPECT_EQ(LevelOf({room.capacity, 5 * kGiB + 1}, DiskLevel::kLow, {}), DiskLevel::kLow);
  EXPECT_EQ(LevelOf({room.capacity, 6 * kGiB}, DiskLevel::kLow, {}), DiskLevel::kAmple);
}

TEST(DiskGateTest, UploadsAreRefusedFirstThenFormsAndBothComeBack) {
  DiskRoom room{1'000 * kGiB, 100 * kGiB};
  DiskGate gate({}, [&] { return room; });
  EXPECT_NO_THROW(gate.RequireForUploads());
  room.free = 4 * kGiB;
  gate.Look();
  EXPECT_THROW(gate.RequireForUploads(), Problem);
  EXPECT_NO_THROW(gate.RequireForForms());
  room.free = kGiB;
  gate.Look();
  EXPECT_THROW(gate.RequireForForms(), Problem);
  room.free = 100 * kGiB;
  gate.Look();
  EXPECT_NO_THROW(gate.RequireForForms());
  EXPECT_NO_THROW(gate.RequireForUploads());
}

}  // namespace
}  // namespace outpost
