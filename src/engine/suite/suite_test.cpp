#include "engine/suite/suite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/suite/detail/node.h"
#include "engine/suite/testing/suite_texts.h"

namespace outpost::suite {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kResource =
    "<resource id='r' version='5' descriptor='D' lazy='true'>"
    "<location authority='local'>./r</location></resource>";

TEST(Suite, NeedsItsRootAndVersion) {
  const auto complaint = [](const std::string& xml) {
    try {
      ReadSuite(xml, "suite.xml");
    } catch (const Problem& problem) {
      return std::string(problem.told());
    }
    return std::string("accepted");
  };
  EXPECT_THAT(complaint("<profile version='1'/>"), HasSubstr("the root must be <suite>"));
  EXPECT_THAT(complaint("<suite/>"), HasSubstr("needs the attribute version"));
  EXPECT_THAT(complaint("<suite version='1.0'/>"), HasSubstr("needs an integer in version"));
  EXPECT_EQ(complaint("<suite version='1'/>"), "accepted");
  EXPECT_EQ(complaint("<suite version='1'"), "suite.xml, line 1: unclosed token");
}

TEST(Suite, KeepsResourcesInDocumentOrder) {
  const auto suite =
      SuiteOf(std::string("<locale language='en'>") + kResource + "</locale><xform>" + kResource +
              "</xform><media path='../../commcare/image'>" + kResource + kResource +
              "</media><user-restore>" + kResource + "</user-restore><xform-update-info>" +
              kResource + "</xform-update-info>");
  ASSERT_EQ(suite.resources.size(), 6u);
  EXPECT_EQ(suite.resources[0].kind, ResourceKind::kStrings);
  EXPECT_EQ(suite.resources[0].language, "en");
  EXPECT_TRUE(suite.resources[0].is_lazy);
  EXPECT_EQ(suite.resources[1].kind, ResourceKind::kForm);
  EXPECT_EQ(suite.resources[3].media_path, "../../commcare/image");
  EXPECT_EQ(suite.resources[4].kind, ResourceKind::kPracticeRestore);
  EXPECT_EQ(suite.resources[5].kind, ResourceKind::kUpdateForm);
  EXPECT_EQ(RenderPlace(suite.resources[0].place), "suite.xml:2 <resource>");
}

TEST(Suite, RefusesResourcesThatCannotBeInstalled) {
  EXPECT_THAT(ComplaintOf("<xform/>"), HasSubstr("<xform> needs exactly one <resource>"));
  EXPECT_THAT(ComplaintOf(std::string("<xform>") + kResource + kResource + "</xform>"),
              HasSubstr("needs exactly one <resource>"));
  EXPECT_THAT(ComplaintOf(std::string("<locale>") + kResource + "</locale>"),
              HasSubstr("needs the attribute language"));
  EXPECT_THAT(ComplaintOf(std::string("<media>") + kResource + "</media>"),
              HasSubstr("needs the attribute path"));
  EXPECT_THAT(ComplaintOf("<xform><resource id='a' version='1'><location>./a</location>"
                          "</resource></xform>"),
              HasSubstr("needs the attribute authority"));
}

TEST(Suite, ComparesNamesInLowerCaseAndSkipsUnknownOnes) {
  const auto suite = SuiteOf("<MENU id='m0'><text>M</text></MENU><odd><worse/></odd>" +
                             EntryWith("<odd/><INSTANCE id='a' src='b'/>"));
  EXPECT_EQ(suite.menus.size(), 1u);
  EXPECT_EQ(suite.entries.at(0).instances.size(), 1u);
}

TEST(Suite, DoesNotCareForNamespaces) {
  const auto suite = ReadSuite(
      "<s:suite xmlns:s='http://x' version='1'><menu xmlns='http://y' s:id='m0'><text>M</text>"
      "</menu></s:suite>",
      "suite.xml");
  EXPECT_EQ(suite.menus.at(0).id, "m0");
}

TEST(Suite, AcceptsABareLessThanInAttributesAndKeepsLinesTrue) {
  const auto suite = SuiteOf(
      "<menu id='m0' relevant='1 < 2'><text>M</text></menu>\n<menu id='m1'>"
      "<text>N</text></menu>");
  EXPECT_EQ(suite.menus.at(0).relevant->text, "1 < 2");
  EXPECT_EQ(suite.menus.at(1).place.line, 3u);
}

TEST(Suite, RefusesWhatIsMalformedBesideABareLessThanWithTheFirstComplaint) {
  EXPECT_THAT(ComplaintOf("<menu id='m0' relevant='1 < 2'><text>M</menu>"),
              StartsWith("not well-formed"));
}

TEST(Suite, ReplacesAnEarlierPartOfTheSameIdAndTellsIt) {
  const auto suite = SuiteOf(EntryWith("<form>a</form>") + "\n" + EntryWith("<form>b</form>") +
                             DetailWith("") + DetailWith(kField) + "<endpoint id='e'/>" +
                             "<endpoint id='e' respect-relevancy='false'/>");
  ASSERT_EQ(suite.entries.size(), 1u);
  EXPECT_EQ(suite.entries[0].form, "b");
  ASSERT_EQ(suite.details.size(), 1u);
  EXPECT_EQ(suite.details[0].fields.size(), 1u);
  ASSERT_EQ(suite.endpoints.size(), 1u);
  EXPECT_FALSE(suite.endpoints[0].respects_relevancy);
  ASSERT_EQ(suite.findings.size(), 3u);
  EXPECT_EQ(suite.findings[0].text, "\"m0-f0\" replaces the one before it, at line 2");
}

TEST(Suite, KeepsMenusOfOneIdApart) {
  const auto suite = SuiteOf("<menu id='m'><text/></menu><menu id='m'><text/></menu>");
  EXPECT_EQ(suite.menus.size(), 2u);
}

TEST(Suite, KeepsFixturesWithTheirMixedText) {
  const auto suite =
      SuiteOf("<fixture id='f' user_id='u'><a k='1 &lt; 2'>x<b/>y &amp; z</a></fixture>");
  EXPECT_EQ(suite.fixtures.at(0).user_id, "u");
  EXPECT_EQ(suite.fixtures[0].xml, "<a k=\"1 &lt; 2\">x<b></b>y &amp; z</a>");
  EXPECT_THAT(ComplaintOf("<fixture id='f'/>"), HasSubstr("needs exactly one element"));
  EXPECT_THAT(ComplaintOf("<fixture id='f'><a/><b/></fixture>"), HasSubstr("exactly one"));
  EXPECT_THAT(ComplaintOf("<fixture><a/></fixture>"), HasSubstr("needs the attribute id"));
}

TEST(SuiteLimits, HoldDepthElementsAndBytes) {
  const auto nested = [](std::size_t depth) {
    std::string text;
    for (std::size_t i = 1; i < depth; ++i) text += "<a>";
    for (std::size_t i = 1; i < depth; ++i) text += "</a>";
    return ComplaintOf(text);
  };
  EXPECT_EQ(nested(kAppXmlDepthMax), "accepted");
  EXPECT_EQ(nested(kAppXmlDepthMax + 1), "elements nested too deeply");
  const auto many = [](std::size_t count) {
    std::string text;
    for (std::size_t i = 1; i < count; ++i) text += "<a/>";
    return ComplaintOf(text);
  };
  EXPECT_EQ(many(kAppXmlElementsMax), "accepted");
  EXPECT_EQ(many(kAppXmlElementsMax + 1), "too many elements");
  const auto long_one = [](std::size_t bytes) {
    std::string xml = "<suite version='1'/>";
    xml.append(bytes - xml.size(), ' ');
    ReadSuite(xml, "suite.xml");
  };
  EXPECT_NO_THROW(long_one(kAppXmlBytesMax));
  EXPECT_THROW(long_one(kAppXmlBytesMax + 1), Problem);
}

}  // namespace
}  // namespace outpost::suite
