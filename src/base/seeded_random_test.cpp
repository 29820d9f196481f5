#include "base/seeded_random.h"

#include <gtest/gtest.h>

namespace outpost {
namespace {

TEST(SeededRandom, GivesTheSameNumbersOnEveryMachine) {
  SeededRandom random(0);
  EXPECT_EQ(random.Next(), 0xe220a8397b1dcdafULL);
  EXPECT_EQ(random.Next(), 0x6e789e6aa1b965f4ULL);
}

TEST(SeededRandom, StaysBelowTheBound) {
  SeededRandom random(1);
  for (const std::uint64_t bound : {1u, 2u, 7u, 1000u}) {
    for (int i = 0; i < 200; ++i) EXPECT_LT(random.Below(bound), bound);
  }
}

TEST(SeededRandom, MakesUuidsOfVersionFour) {
  SeededRandom random(2);
  for (int i = 0; i < 100; ++i) {
    const auto text = TextOf(random.NextUuid());
    ASSERT_EQ(text.size(), kUuidCharacters);
    EXPECT_EQ(text[14], '4') << text;
    EXPECT_NE(std::string("89ab").find(text[19]), std::string::npos) << text;
    for (const std::size_t dash : {8u, 13u, 18u, 23u}) EXPECT_EQ(text[dash], '-') << text;
  }
}

}  // namespace
}  // namespace outpost
