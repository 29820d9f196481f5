#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/suite/testing/suite_texts.h"

namespace outpost::suite {
namespace {

using testing::HasSubstr;

Menu MenuOf(const std::string& xml) { return SuiteOf(xml).menus.at(0); }
Text TextOf(const std::string& body) {
  return *MenuOf("<menu id='m'><text>" + body + "</text></menu>").display.label;
}

TEST(Menu, HasCommandsInstancesAndAssertions) {
  const auto menu = MenuOf(
      "<menu id='m0' root='m1' relevant='true()' style='grid'><text>M</text>"
      "<command id='a' relevant='1 = 1'/><command id='b'/><instance id='i' src='jr://x'/>"
      "<assertions><assert test='2 > 1'><text>No</text></assert><odd/></assertions></menu>");
  EXPECT_EQ(menu.root, "m1");
  EXPECT_EQ(menu.relevant->text, "true()");
  EXPECT_EQ(menu.style, "grid");
  EXPECT_EQ(menu.commands.size(), 2u);
  EXPECT_EQ(menu.commands[0].relevant->text, "1 = 1");
  EXPECT_EQ(menu.instances.at(0).src, "jr://x");
  EXPECT_EQ(menu.assertions.at(0).test.text, "2 > 1");
}

TEST(Menu, StandsUnderHomeWithoutStyleUnlessItSaysMore) {
  const auto menu = MenuOf("<menu id='m0' style='odd'><display><text>M</text></display></menu>");
  EXPECT_EQ(menu.root, "root");
  EXPECT_EQ(menu.style, "");
}

TEST(Menu, IsRefusedWithoutIdLabelOrSoundExpressions) {
  EXPECT_THAT(ComplaintOf("<menu><text/></menu>"), HasSubstr("needs the attribute id"));
  EXPECT_THAT(ComplaintOf("<menu id='m'/>"), HasSubstr("must begin with <text> or <display>"));
  EXPECT_THAT(ComplaintOf("<menu id='m'><command id='a'/><text/></menu>"),
              HasSubstr("must begin with <text> or <display>"));
  EXPECT_THAT(ComplaintOf("<menu id='m'><display/></menu>"), HasSubstr("<display> needs a <text>"));
  EXPECT_EQ(ComplaintOf("<menu id='m' relevant='1 +'><text/></menu>"),
            "<menu> has an expression in relevant that does not parse at character 4: "
            "Expression ends too early");
  EXPECT_THAT(ComplaintOf("<menu id='m'><text/><command/></menu>"),
              HasSubstr("<command> needs the attribute id"));
  EXPECT_THAT(ComplaintOf("<menu id='m'><text/><instance id='i'/></menu>"),
              HasSubstr("needs the attribute src"));
}

TEST(Assertions, NeedATestAndAText) {
  const auto with = [](const std::string& assertion) {
    return ComplaintOf(EntryWith("<assertions>" + assertion + "</assertions>"));
  };
  EXPECT_THAT(with("<assert><text/></assert>"), HasSubstr("needs the attribute test"));
  EXPECT_THAT(with("<assert test='1'/>"), HasSubstr("needs a <text>"));
  EXPECT_EQ(with("<assert test='1'><text/></assert>"), "accepted");
}

TEST(Text, IsASequenceOfLiteralsStringsAndExpressions) {
  const auto text = TextOf(" a <locale id='k'/> b <xpath function='1'/>");
  ASSERT_EQ(text.parts.size(), 4u);
  EXPECT_EQ(text.parts[0].text, "a");
  EXPECT_EQ(text.parts[1].kind, TextPart::Kind::kLocale);
  EXPECT_EQ(text.parts[2].text, "b");
  EXPECT_EQ(text.parts[3].function.text, "1");
  EXPECT_TRUE(TextOf(" ").parts.empty());
}

TEST(Text, HasArgumentsComputedIdsAndVariables) {
  const auto text = TextOf(
      "<locale><id><xpath function='x'/></id><argument>one</argument><argument/></locale>"
      "<xpath function='$v'><variable name='v'><locale id='k'/></variable></xpath>");
  ASSERT_EQ(text.parts.size(), 2u);
  EXPECT_TRUE(text.parts[0].id.has_value());
  EXPECT_EQ(text.parts[0].arguments.size(), 2u);
  EXPECT_EQ(text.parts[1].variables.at(0).value.parts.at(0).text, "k");
}

TEST(Text, IsRefusedWithoutIdFunctionOrName) {
  const auto with = [](const std::string& body) {
    return ComplaintOf("<menu id='m'><text>" + body + "</text></menu>");
  };
  EXPECT_THAT(with("<locale/>"), HasSubstr("<locale> needs an id"));
  EXPECT_THAT(with("<xpath/>"), HasSubstr("needs the attribute function"));
  EXPECT_THAT(with("<xpath function='('/>"), HasSubstr("does not parse at character 1"));
  EXPECT_THAT(with("<xpath function='1'><variable/></xpath>"),
              HasSubstr("needs the attribute name"));
}

TEST(Display, TakesTheLaterOfImageSoundBadgeAndHint) {
  const auto display =
      MenuOf(
          "<menu id='m'><display><media image='jr://a' audio='jr://b'/><text>L</text>"
          "<text form='image'>jr://c</text><text form='badge'>3</text>"
          "<hint><text>H</text></hint></display></menu>")
          .display;
  EXPECT_EQ(display.label->parts.at(0).text, "L");
  EXPECT_EQ(display.image->parts.at(0).text, "jr://c");
  EXPECT_EQ(display.audio->parts.at(0).text, "jr://b");
  EXPECT_EQ(display.badge->parts.at(0).text, "3");
  EXPECT_EQ(display.hint->parts.at(0).text, "H");
}

}  // namespace
}  // namespace outpost::suite
