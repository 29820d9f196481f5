#include <gtest/gtest.h>

#include "format/tree/tree.h"

namespace outpost::tree {
namespace {

TEST(Toml, KeepsTextsAndLines) {
  const auto root =
      ReadToml("a = 3\n[b]\nc = 'x'\nd = 2027-01-05\ne = 0.5\nf = true\n[[g]]\nh=1\n");
  EXPECT_EQ(root.Find("a")->text, "3");
  const auto* b = root.Find("b");
  ASSERT_NE(b, nullptr);
  EXPECT_EQ(b->Find("c")->text, "x");
  EXPECT_EQ(b->Find("c")->at.line, 3u);
  EXPECT_EQ(b->Find("d")->text, "2027-01-05");
  EXPECT_EQ(b->Find("e")->text, "0.5");
  EXPECT_EQ(b->Find("f")->text, "true");
  ASSERT_EQ(root.Find("g")->items.size(), 1u);
  EXPECT_EQ(root.Find("g")->items[0].Find("h")->text, "1");
}

TEST(Toml, NamesTheLineOfASyntaxError) {
  try {
    ReadToml("a = 1\nb = \nc = 3\n");
    FAIL() << "accepted";
  } catch (const Problem& problem) {
    EXPECT_EQ(problem.kind(), ProblemKind::kMalformed);
    EXPECT_EQ(problem.position().line, 2u);
  }
}

TEST(Toml, RefusesKeysThatOccurTwiceAndLargeFiles) {
  EXPECT_THROW(ReadToml("a = 1\na = 2\n"), Problem);
  EXPECT_THROW(ReadToml(std::string(kBytesMax + 1, '#')), Problem);
}

}  // namespace
}  // namespace outpost::tree
