#include "engine/suite/strings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace outpost::suite {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(Strings, TakeWhatStandsBeforeTheFirstUnescapedHash) {
  EXPECT_THAT(ReadStrings("a=one # two # three\nb=x \\# y# z\n#c=1\n  # d=1", "f"),
              ElementsAre(Pair("a", "one "), Pair("b", "x # y")));
}

TEST(Strings, KeepEqualsSignsAndOtherEscapesInValues) {
  EXPECT_THAT(ReadStrings("a.b=x=y\\n\\t\\\\", "f"), ElementsAre(Pair("a.b", "x=y\n\\t\\\\")));
}

TEST(Strings, SkipEmptyValuesBlankLinesAndLinesWithoutEqualsSign) {
  std::vector<Finding> findings;
  EXPECT_TRUE(ReadStrings("a=\n\n   \nnothing\r\n", "en/app_strings.txt", &findings).empty());
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(RenderPlace(findings[0].place), "en/app_strings.txt:4");
  EXPECT_EQ(findings[0].severity, Finding::Severity::kWarning);
}

TEST(Strings, TakeTheLaterOfTwoAndTellIt) {
  std::vector<Finding> findings;
  EXPECT_THAT(ReadStrings("\xEF\xBB\xBF"
                          "a=1\na=2",
                          "f", &findings),
              ElementsAre(Pair("a", "2")));
  EXPECT_EQ(findings.size(), 1u);
}

TEST(Strings, AreReadBackAsTheyWereWritten) {
  const Strings strings{{"a", "one\ntwo # three"}, {"b", "x\ry"}, {"c", ""}};
  EXPECT_EQ(RenderStrings(strings), "a=one\\ntwo \\# three\nb=xy\n");
  EXPECT_THAT(ReadStrings(RenderStrings(strings), "f"),
              ElementsAre(Pair("a", "one\ntwo # three"), Pair("b", "xy")));
}

TEST(Arguments, AreTakenByNumberOrInSequence) {
  const std::vector<std::string> two{"A", "B"};
  EXPECT_EQ(FillArguments("${1}${0}", two), "BA");
  EXPECT_EQ(FillArguments("${name} of ${total}", two), "A of B");
}

TEST(Arguments, StayAsTheyAreWhereNoneIsLeft) {
  const std::vector<std::string> one{"A"};
  EXPECT_EQ(FillArguments("${0} ${1} ${x} ${y} ${", one), "A ${1} A ${y} ${");
  EXPECT_EQ(FillArguments("${-1}", one), "${-1}");
}

}  // namespace
}  // namespace outpost::suite
