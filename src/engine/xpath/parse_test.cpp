#include "engine/xpath/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace outpost::xpath {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string Repeat(std::string_view piece, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += piece;
  return text;
}

/// "syntax 3: told"; the offset counts bytes.
std::string Complaint(const std::string& text) {
  try {
    Parse(text);
  } catch (const ParseError& error) {
    EXPECT_EQ(error.kind(), ProblemKind::kMalformed);
    const char* const reasons[] = {"syntax", "arity", "limit"};
    return std::string(reasons[static_cast<int>(error.reason())]) + " " +
           std::to_string(error.offset()) + ": " + error.told();
  }
  return "accepted";
}

TEST(Parse, BindsOperatorsByPrecedence) {
  EXPECT_EQ(Render(Parse("a or b and 1 + 2 * 3 = -4")),
            "{binop-expr:or,{path-expr:rel,{{step:child,a}}},{binop-expr:and,"
            "{path-expr:rel,{{step:child,b}}},{binop-expr:==,{binop-expr:+,{num:1.0},"
            "{binop-expr:*,{num:2.0},{num:3.0}}},{unop-expr:num-neg,{num:4.0}}}}}");
}

TEST(Parse, KeepsPrefixesWildcardsAndNodeTests) {
  EXPECT_EQ(Render(Parse("/a:b/c:*/processing-instruction('x')")),
            "{path-expr:abs,{{step:child,a:b},{step:child,c:*},"
            "{step:child,proc-instr('x')}}}");
}

TEST(Parse, SaysWhereItStopped) {
  EXPECT_THAT(Complaint("a = #form/b"), StartsWith("syntax 4: Couldn't understand"));
  EXPECT_EQ(Complaint("if(a, b)"),
            "syntax 0: if() function requires 3 arguments but 2 are present.");
  EXPECT_THAT(Complaint("1 + selected(a)"), StartsWith("arity 4: "));
  EXPECT_THAT(Complaint("1 +"), StartsWith("syntax 3: "));
  EXPECT_EQ(Complaint("a]"), "syntax 1: Unbalanced brackets or parentheses!");
  EXPECT_EQ(Complaint("(a]"), "syntax 2: mismatched brackets or parentheses!");
  try {
    Parse("a and\n b c");
    FAIL();
  } catch (const ParseError& error) {
    EXPECT_EQ(error.position().line, 2u);
    EXPECT_EQ(error.position().column, 4u);
  }
}

TEST(Parse, RefusesLettersWithoutCaseAndHalfCharacters) {
  EXPECT_THAT(Complaint("\xE5\x90\x8D"), HasSubstr("Couldn't understand"));
  EXPECT_THAT(Complaint("a\xC3"), HasSubstr("Couldn't understand"));
  EXPECT_EQ(Complaint("\xC3\xA9t\xC3\xA9"), "accepted");
}

TEST(Parse, AcceptsUnknownFunctionsWithAnyNumberOfArguments) {
  EXPECT_EQ(Complaint("here()"), "accepted");
  EXPECT_EQ(Complaint("jr:itext(1, 2, 3)"), "accepted");
  EXPECT_EQ(Complaint("concat()"), "accepted");
}

TEST(Parse, KnowsHowManyArgumentsFunctionsTake) {
  EXPECT_THAT(Complaint("cond(1, 2)"), HasSubstr("at least 3 arguments. 2 arguments"));
  EXPECT_THAT(Complaint("cond(1, 2, 3, 4)"), HasSubstr("odd number of arguments. 4"));
  EXPECT_THAT(Complaint("uuid(1, 2)"), HasSubstr("It expected 0 or one arguments."));
  EXPECT_THAT(Complaint("weighted-checklist(1, 2, 3)"), HasSubstr("an even number of arguments"));
  EXPECT_THAT(Complaint("join-chunked(1, 2)"), HasSubstr("at least three arguments"));
  EXPECT_THAT(Complaint("today(1)"), HasSubstr("arguments:1. It expected 0 arguments."));
}

TEST(ParseLimits, HoldTheLength) {
  EXPECT_EQ(Complaint("'" + std::string(kLengthMax - 2, 'x') + "'"), "accepted");
  EXPECT_THAT(Complaint("'" + std::string(kLengthMax - 1, 'x') + "'"), StartsWith("limit 0: "));
}

TEST(ParseLimits, HoldTheNestingOfParenthesesPredicatesAndSigns) {
  EXPECT_EQ(Complaint(Repeat("(", kNestingMax) + "1" + Repeat(")", kNestingMax)), "accepted");
  EXPECT_THAT(Complaint(Repeat("(", kNestingMax + 1) + "1" + Repeat(")", kNestingMax + 1)),
              HasSubstr("nested more deeply"));
  EXPECT_EQ(Complaint(Repeat("a[", kNestingMax) + "1" + Repeat("]", kNestingMax)), "accepted");
  EXPECT_THAT(Complaint(Repeat("-", kNestingMax + 1) + "1"), HasSubstr("nested more deeply"));
}

TEST(ParseLimits, HoldTheLevelsOfChains) {
  EXPECT_EQ(Complaint("1" + Repeat("+1", kHeightMax - 1)), "accepted");
  EXPECT_THAT(Complaint("1" + Repeat("+1", kHeightMax)), HasSubstr("more levels"));
  EXPECT_EQ(Complaint("1" + Repeat(" or 1", kHeightMax - 1)), "accepted");
  EXPECT_THAT(Complaint("1" + Repeat(" or 1", kHeightMax)), HasSubstr("more levels"));
}

TEST(ParseLimits, HoldTheNumberOfParts) {
  EXPECT_EQ(Complaint("f(1" + Repeat(",1", kNodesMax - 2) + ")"), "accepted");
  EXPECT_THAT(Complaint("f(1" + Repeat(",1", kNodesMax - 1) + ")"), HasSubstr("more parts"));
}

TEST(RenderDouble, WritesNumbersAsJavaDoes) {
  EXPECT_EQ(RenderDouble(0), "0.0");
  EXPECT_EQ(RenderDouble(-1.5), "-1.5");
  EXPECT_EQ(RenderDouble(0.001), "0.001");
  EXPECT_EQ(RenderDouble(0.0001), "1.0E-4");
  EXPECT_EQ(RenderDouble(9999999), "9999999.0");
  EXPECT_EQ(RenderDouble(1e7), "1.0E7");
  EXPECT_EQ(RenderDouble(123456789012.0), "1.23456789012E11");
}

}  // namespace
}  // namespace outpost::xpath
