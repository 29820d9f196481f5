#include "format/tree/tree.h"

#include <gtest/gtest.h>

namespace outpost::tree {
namespace {

TEST(Yaml, KeepsOrderTextAndLines) {
  const auto root = ReadYaml("b: 1\na:\n  - 'x'\n  - {k: 010}\n");
  ASSERT_EQ(root.kind, Kind::kMap);
  ASSERT_EQ(root.members.size(), 2u);
  EXPECT_EQ(root.members[0].first, "b");
  const auto* list = root.Find("a");
  ASSERT_NE(list, nullptr);
  EXPECT_EQ(list->at.line, 2u);
  EXPECT_EQ(list->items[0].text, "x");
  EXPECT_EQ(list->items[1].Find("k")->text, "010");
  EXPECT_EQ(root.Find("c"), nullptr);
}

TEST(Yaml, NamesTheLineOfASyntaxError) {
  try {
    ReadYaml("a: 1\nb: [1, 2\nc: 3\n");
    FAIL() << "accepted";
  } catch (const Problem& problem) {
    EXPECT_EQ(problem.kind(), ProblemKind::kMalformed);
    EXPECT_GE(problem.position().line, 2u);
  }
}

TEST(Yaml, RefusesAKeyThatOccursTwice) {
  try {
    ReadYaml("a: 1\nb: 2\na: 3\n");
    FAIL() << "accepted";
  } catch (const Problem& problem) {
    EXPECT_EQ(problem.position().line, 3u);
    EXPECT_NE(std::string(problem.told()).find("'a'"), std::string::npos);
  }
}

TEST(Yaml, RefusesAliasesThatMultiply) {
  std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n";
  for (char name = 'b'; name < 'h'; ++name) {
    const char before = static_cast<char>(name - 1);
    bomb += std::string(1, name) + ": &" + name + " [";
    for (int i = 0; i < 10; ++i) bomb += std::string(i ? "," : "") + "*" + before;
    bomb += "]\n";
  }
  EXPECT_THROW(ReadYaml(bomb), Problem);
}

TEST(Yaml, RefusesDeepNestingAndLargeFiles) {
  EXPECT_THROW(ReadYaml(std::string(kDepthMax + 2, '[') + std::string(kDepthMax + 2, ']')),
               Problem);
  EXPECT_NO_THROW(ReadYaml(std::string(kDepthMax - 2, '[') + std::string(kDepthMax - 2, ']')));
  EXPECT_THROW(ReadYaml(std::string(kBytesMax + 1, '#')), Problem);
}

}  // namespace
}  // namespace outpost::tree
