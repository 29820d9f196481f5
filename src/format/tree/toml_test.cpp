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

TEST(Toml, RefusesWhatTheLibraryStumblesOver) {
  for (const char* text : {"[!]\n", "[[[a]]]\n", " [ (]\n", "a = 1\n\t[[ %x]]\n", "[\xc3\xa9]\n",
                           "[[\n", "\xc2\xa0[=]\n", "[p\xc4\x9cn]\n", "a = ]\n", "a = [,]\n"}) {
    EXPECT_THROW(ReadToml(text), Problem) << text;
  }
  for (const char* text : {"[a]\n", "[ 'a b' ]\n", "[[\"x\"]]\n", "[a.b]\n", "x = [\n  1,\n]\n"}) {
    EXPECT_NO_THROW(ReadToml(text)) << text;
  }
  EXPECT_EQ(ReadToml("# \xc4\x9c\nx = '\xc4\x9c'\ny = \"\\\"\xc4\x9c\"\n").Find("x")->text,
            "\xc4\x9c");
  EXPECT_NO_THROW(ReadToml("x = [ # nested\n  [ 1 ], [2]\n]\n"));
}

TEST(Toml, ReadsATextThatGoesOnWithALetterBeyondAscii) {
  const auto root = ReadToml("a = \"\"\"x\\\n  \xc3\xa9y\\\n \xe3\x80\x80z\"\"\"\n");
  EXPECT_EQ(root.Find("a")->text, "x\xc3\xa9y\xe3\x80\x80z");
}

}  // namespace
}  // namespace outpost::tree
