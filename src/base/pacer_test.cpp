#include "base/pacer.h"

#include <gtest/gtest.h>

namespace outpost {
namespace {

TEST(PacerTest, WithoutALimitNobodyWaits) {
  Pacer pacer(0);
  EXPECT_EQ(pacer.Reserve(1'000'000'000, 0), 0);
  EXPECT_EQ(pacer.Reserve(1'000'000'000, 0), 0);
}

TEST(PacerTest, EachPieceWaitsForThoseBeforeIt) {
  Pacer pacer(100'000);
  EXPECT_EQ(pacer.Reserve(50'000, 1'000), 0);
  EXPECT_EQ(pacer.Reserve(10'000, 1'000), 500'000);
  EXPECT_EQ(pacer.Reserve(10'000, 301'000), 300'000);
}

TEST(PacerTest, TimeInWhichNothingWentIsNotSavedUp) {
  Pacer pacer(100'000);
  pacer.Reserve(10'000, 0);
  EXPECT_EQ(pacer.Reserve(10'000, 60'000'000), 0);
  EXPECT_EQ(pacer.Reserve(10'000, 60'000'000), 100'000);
}

TEST(PacerTest, WhatIsLentIsHalf) {
  Pacer pacer(100'000);
  pacer.Lend();
  pacer.Reserve(10'000, 0);
  EXPECT_EQ(pacer.Reserve(10'000, 0), 200'000);
  pacer.TakeBack();
  EXPECT_EQ(pacer.Reserve(10'000, 400'000), 0);
  EXPECT_EQ(pacer.Reserve(1, 400'000), 100'000);
}

}  // namespace
}  // namespace outpost
