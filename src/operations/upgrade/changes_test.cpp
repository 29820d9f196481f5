#include "operations/upgrade/changes.h"

#include <gtest/gtest.h>

#include "base/problem.h"

namespace outpost::upgrade {
namespace {

TEST(ChangesTest, WhatThisProgramCarriesIsWholeAndInOrder) {
  const auto changes = ShippedChanges();
  ASSERT_FALSE(changes.empty());
  for (std::size_t i = 0; i < changes.size(); ++i) {
    EXPECT_EQ(changes[i].number, static_cast<std::int64_t>(i) + 1);
    EXPECT_FALSE(changes[i].title.empty());
    EXPECT_TRUE(!changes[i].needs_action || !changes[i].steps.empty());
    if (i == 0) continue;
    EXPECT_LE(CompareVersions(changes[i - 1].version, changes[i].version), 0);
  }
  EXPECT_EQ(JsonOf(ChangesOf(JsonOf(changes))), JsonOf(changes));
}

TEST(ChangesTest, VersionsAreComparedByNumbers) {
  EXPECT_GT(CompareVersions("1.10.0", "1.9.2"), 0);
  EXPECT_LT(CompareVersions("0.9", "0.9.1"), 0);
  EXPECT_EQ(CompareVersions("2", "2.0.0"), 0);
}

TEST(ChangesTest, OnlyWhatComesBehindTheOneAndUpToTheOtherIsBetween) {
  std::vector<Change> changes(4);
  changes[0].version = "0.1.0";
  changes[1].version = "0.2.0";
  changes[2].version = "0.10.0";
  changes[3].version = "1.0.0";
  const auto between = Between(changes, "0.1.0", "0.10.0");
  ASSERT_EQ(between.size(), 2U);
  EXPECT_EQ(between[0].version, "0.2.0");
  EXPECT_EQ(between[1].version, "0.10.0");
}

TEST(ChangesTest, AListThatIsNotWholeNamesTheEntry) {
  for (const char* text : {"", "{}", "[1]", R"([{"number": 1}])"}) {
    EXPECT_THROW(ChangesOf(text), Problem) << text;
  }
}

}  // namespace
}  // namespace outpost::upgrade
