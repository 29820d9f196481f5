#include "domain/cases/case.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/clock.h"
#include "format/xml/xml.h"

namespace outpost::cases {
namespace {

constexpr std::string_view kV2 = "http://commcarehq.org/case/transaction/v2";

FoundBlocks BlocksOf(const std::string& content) {
  return FindCaseBlocks(
      xml::Document::Parse("<d xmlns='http://example.org/f'>" + content + "</d>"));
}

/// A version 2 block of case c1 with the given actions.
std::string Block(const std::string& actions, const std::string& attributes = "case_id='c1'") {
  return "<case xmlns='" + std::string(kV2) + "' " + attributes + ">" + actions + "</case>";
}

Instant At(std::string_view text) { return *ParseDateOrDateTime(text); }

/// The case after a form with these blocks; the form's user is "form-user", now is 2024-01-01.
Case Applied(const std::string& content, Case c = {}, std::int64_t* bits_out = nullptr) {
  const auto found = BlocksOf(content);
  EXPECT_FALSE(found.error) << found.error->Told();
  std::int64_t bits = 0;
  for (const auto& block : found.blocks) {
    const auto error = ApplyBlock(c, block, {"form-user", At("2024-01-01")}, bits);
    EXPECT_FALSE(error) << error->Told();
  }
  if (bits_out != nullptr) *bits_out = bits;
  return c;
}

std::string ErrorOf(const std::string& content) {
  const auto found = BlocksOf(content);
  if (found.error) return found.error->Told();
  for (const auto& block : found.blocks) {
    Case c;
    std::int64_t bits = 0;
    if (const auto error = ApplyBlock(c, block, {"u", At("2024-01-01")}, bits))
      return error->Told();
  }
  return "none";
}

std::string PropertiesOf(const std::string& update) {
  return RenderProperties(Applied(Block("<update>" + update + "</update>")));
}

TEST(CaseBlocks, AreFoundAtAnyDepthButNotBelowACaseOrInADeviceReport) {
  const auto found =
      BlocksOf("<g><r>" + Block("", "case_id='b'") + "</r></g>" +
               Block(Block("", "case_id='x'"), "case_id='a'") +
               "<dr xmlns='http://code.javarosa.org/devicereport'>" + Block("", "case_id='y'") +
               "</dr>" + "<case><patient_id>plain data</patient_id></case>");
  ASSERT_EQ(found.blocks.size(), 2u);
  EXPECT_EQ(found.blocks[0].case_id, "a");
  EXPECT_EQ(found.blocks[1].case_id, "b");
}

TEST(CaseBlocks, AreOrderedByCaseThenByTheEarliestKindOfAction) {
  const auto found = BlocksOf(Block("<close/>") + Block("<update><p>1</p></update>") +
                              Block("<create><case_type>t</case_type></create>") +
                              Block("<update><p>2</p></update>", "case_id='a'") + Block(""));
  ASSERT_EQ(found.blocks.size(), 5u);
  EXPECT_EQ(found.blocks[0].case_id, "a");
  EXPECT_TRUE(found.blocks[1].has_create);
  EXPECT_TRUE(found.blocks[2].has_update);
  EXPECT_FALSE(found.blocks[3].has_update) << "no action counts as an update, in document order";
  EXPECT_TRUE(found.blocks[4].closes);
}

TEST(CaseBlocks, OfOneCaseFollowTheKeyOrderOfTheFormJson) {
  const auto update = [](const std::string& v) {
    return Block("<update><p>" + v + "</p></update>");
  };
  const Case c =
      Applied("<g>" + update("1") + "</g><h>" + update("2") + "</h><g>" + update("3") + "</g>");
  EXPECT_EQ(RenderProperties(c), R"({"p":"2"})") << "both g come before h";
}

TEST(CaseBlocks, InTheNamespaceOfADeviceReportAreNotLookedAt) {
  const auto found = BlocksOf("<case xmlns='http://code.javarosa.org/devicereport' case_id='c'/>");
  EXPECT_TRUE(found.blocks.empty());
  EXPECT_FALSE(found.error);
  EXPECT_TRUE(
      FindCaseBlocks(xml::Document::Parse("<r xmlns='http://code.javarosa.org/devicereport'>" +
                                          Block("") + "</r>"))
          .blocks.empty());
}

TEST(CaseBlocks, BelongToVersion2ByTheirRealNamespace) {
  const auto found = FindCaseBlocks(
      xml::Document::Parse("<d xmlns='" + std::string(kV2) + "'><case case_id='c'/></d>"));
  ASSERT_EQ(found.blocks.size(), 1u);
  EXPECT_FALSE(found.blocks[0].is_version_1);
}

TEST(CaseBlocks, KeepAnEmptyCaseIdForThoseWhoRefuseIt) {
  const auto found = BlocksOf(Block("", "case_id=''"));
  ASSERT_EQ(found.blocks.size(), 1u);
  EXPECT_EQ(found.blocks[0].case_id, "");
}

TEST(CaseBlocks, WithoutCaseIdAttributeAreNone) {
  EXPECT_TRUE(BlocksOf(Block("<case_id>x</case_id>", "")).blocks.empty());
}

TEST(CaseBlocks, CountAnActionThatHoldsTextOrAttributesOnly) {
  const auto found = BlocksOf(Block("<create>text</create><update a='1'>t</update>"));
  ASSERT_EQ(found.blocks.size(), 1u);
  EXPECT_TRUE(found.blocks[0].has_create);
  EXPECT_TRUE(found.blocks[0].create.empty());
  EXPECT_TRUE(found.blocks[0].has_update);
  EXPECT_EQ(RenderProperties(Applied(Block("<update a='1' case_id='x'>t<b/></update>"))),
            R"({"#text":"t","@a":"1","b":""})")
      << "as the JSON shows the action; its case_id is dropped";
}

TEST(CaseBlocks, StayFastWhenAFormHoldsThousands) {
  std::string content;
  for (int i = 0; i < 20'000; ++i) {
    content += Block("<update><p>1</p></update>", "case_id='c" + std::to_string(i % 7'000) + "'");
  }
  EXPECT_EQ(BlocksOf(content).blocks.size(), 20'000u);
}

TEST(CaseBlocks, IgnoreEmptyActionsAndKindsThatOccurTwice) {
  const auto found = BlocksOf(Block("<create/><update> </update><index/>") +
                              Block("<update><a>1</a></update><update><b>1</b></update><close/>"));
  ASSERT_EQ(found.blocks.size(), 2u);
  EXPECT_FALSE(found.blocks[0].has_create || found.blocks[0].has_update);
  EXPECT_FALSE(found.blocks[1].has_update);
  EXPECT_TRUE(found.blocks[1].closes);
}

struct ErrorCase {
  std::string content, told;
};
class ContentErrorTest : public testing::TestWithParam<ErrorCase> {};

TEST_P(ContentErrorTest, IsNamedAsClientsKnowIt) {
  EXPECT_EQ(ErrorOf(GetParam().content), GetParam().told);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ContentErrorTest,
    testing::ValuesIn(std::vector<ErrorCase>{
        {Block("", "case_id='c' date_modified='yesterday'"), "PhoneDateValueError: 'yesterday'"},
        {Block("", "case_id='c' date_modified=' '"), "PhoneDateValueError: ' '"},
        {Block("", "case_id='c' date_modified=\"it's\""), "PhoneDateValueError: \"it's\""},
        {"<case xmlns='' case_id='c'/>", "VersionNotSupported: A case block has no namespace"},
        {Block("<referral/>"), "UsesReferrals: Sorry, referrals are no longer supported!"},
        {"<case case_id='c'/>",
         "VersionNotSupported: Case blocks in the namespace 'http://example.org/f' are not known"},
        {Block("<index><p>x</p></index>"),
         "CaseGenerationException: Index 'p' of case 'c1' has no case_type"},
        {Block("<index><p case_type='t' relationship='q'>x</p></index>"),
         "CaseGenerationException: Index 'p' of case 'c1' has an unknown relationship 'q'"},
        {Block("<index><p/></index>"), "none"},
        {Block("<index><p>  </p></index>"), "none"},
        {Block("<index><p case_type='t' relationship=''>x</p></index>"), "none"},
        {Block("<update><case_name>" + std::string(256, 'x') + "</case_name></update>"),
         "CaseValueError: Error processing case update: Field: name, Error: Value exceeds allowed "
         "length: 255"},
        {Block("<update><case_name>" + std::string(255, 'x') + "</case_name></update>"), "none"},
        {Block("<update><owner_id><x/></owner_id></update>"),
         "CaseGenerationException: Field owner_id must be plain text"},
        {Block("<create><date_opened>soon</date_opened></create>"),
         "CaseValueError: Error processing case update: Field: opened_on, Error: Not a date: soon"},
    }));

TEST(CaseFields, CountCharactersNotBytes) {
  std::string name;
  for (int i = 0; i < 255; ++i) name += "\u00e4";
  EXPECT_EQ(Applied(Block("<update><case_name>" + name + "</case_name></update>")).name, name);
}

TEST(CaseCreate, TakesKnownNamesOnly) {
  const Case c =
      Applied(Block("<create><case_type>t</case_type><case_name>n</case_name>"
                    "<owner_id>o</owner_id><external_id>e</external_id><age>3</age>"
                    "<date_opened>2020-02-02</date_opened></create>",
                    "case_id='c1' user_id='u' date_modified='2023-05-05'"));
  EXPECT_EQ(c.type, "t");
  EXPECT_EQ(c.name, "n");
  EXPECT_EQ(c.owner_id, "o");
  EXPECT_EQ(c.external_id, "e");
  EXPECT_TRUE(c.properties.empty());
  EXPECT_EQ(c.opened_on, At("2020-02-02"));
  EXPECT_EQ(c.opened_by, "u");
  EXPECT_EQ(c.modified_on, At("2023-05-05"));
}

TEST(CaseUpdate, KeepsValuesVerbatimAndNeverRemovesAProperty) {
  EXPECT_EQ(PropertiesOf("<a> x </a><b/><a2>2020-05-01 10:00</a2>"),
            R"({"a":" x ","a2":"2020-05-01T10:00:00.000000Z","b":""})");
  EXPECT_EQ(PropertiesOf("<a>1</a><a>2</a>"), R"({"a":"2"})");
  EXPECT_EQ(PropertiesOf("<a k='v'>t</a>"), R"({"a":{"@k":"v","#text":"t"}})");
  EXPECT_EQ(PropertiesOf("<case_id>x</case_id><date_modified>y</date_modified>"), "{}");
}

TEST(CaseUpdate, KnowsTheNamesWithAFieldOfTheirOwn) {
  const Case c =
      Applied(Block("<update><name>n</name><location_id>l</location_id>"
                    "<hq_user_id>h</hq_user_id><case_type>t</case_type></update>"));
  EXPECT_EQ(c.name, "n");
  EXPECT_EQ(c.location_id, "l");
  EXPECT_EQ(c.external_id, "h");
  EXPECT_EQ(c.type, "t");
  EXPECT_EQ(RenderProperties(c), R"({"hq_user_id":"h"})");
}

TEST(CaseDates, NeverMoveBackAndFallBackToNow) {
  Case c = Applied(Block("<update><a>1</a></update>", "case_id='c1' date_modified='2023-05-05'"));
  EXPECT_EQ(c.opened_on, At("2023-05-05"));
  c = Applied(Block("<update><a>2</a></update>", "case_id='c1' date_modified='2022-01-01'"), c);
  EXPECT_EQ(c.modified_on, At("2023-05-05"));
  EXPECT_EQ(c.opened_on, At("2023-05-05"));
  c = Applied(Block("", "case_id='c1' date_modified=''"), c);
  EXPECT_EQ(c.modified_on, At("2024-01-01"));
}

TEST(CaseUsers, FallBackToTheFormsUser) {
  const Case c = Applied(Block("<update><owner_id/></update>"));
  EXPECT_EQ(c.modified_by, "form-user");
  EXPECT_EQ(c.opened_by, "form-user");
  EXPECT_EQ(c.owner_id, "form-user") << "an empty owner means the user";
}

TEST(CaseClose, OverwritesDateAndUserAndIsNotUndoneByACreate) {
  Case c = Applied(Block("<close/>", "case_id='c1' user_id='a' date_modified='2023-01-01'"));
  EXPECT_TRUE(c.is_closed);
  c = Applied(Block("<close/>", "case_id='c1' user_id='b' date_modified='2023-02-02'"), c);
  EXPECT_EQ(c.closed_by, "b");
  EXPECT_EQ(c.closed_on, At("2023-02-02"));
  EXPECT_TRUE(Applied(Block("<create><case_name>n</case_name></create>"), c).is_closed);
}

TEST(CaseIndices, AreAddedReplacedAndRemovedByIdentifier) {
  Case c =
      Applied(Block("<index><parent case_type='h'>p1</parent>"
                    "<host case_type='x' relationship='extension'>e1</host></index>"));
  ASSERT_EQ(c.indices.size(), 2u);
  EXPECT_EQ(*c.indices.begin(), (Index{"host", "e1", "x", "extension"}));
  EXPECT_EQ(*c.indices.rbegin(), (Index{"parent", "p1", "h", "child"}));
  c = Applied(Block("<index><parent case_type='h2'>p2</parent><host case_type='x'> </host>"
                    "<none case_type=''/></index>"),
              c);
  ASSERT_EQ(c.indices.size(), 1u);
  EXPECT_EQ(*c.indices.begin(), (Index{"parent", "p2", "h2", "child"}));
}

TEST(CaseIndices, OfOneFormCostNoMoreThanTheirNumberTimesItsLogarithm) {
  // In the order that is worst for a sorted list. Quadratic work takes minutes here.
  constexpr int kIndices = 100'000;
  CaseBlock block;
  block.case_id = "c1";
  for (int i = kIndices; i > 0; --i) {
    block.indices.push_back({"i" + std::to_string(100'000 + i), "t", "p", "child"});
  }
  Case c;
  std::int64_t bits = 0;
  const auto started = SteadyMicros();
  EXPECT_FALSE(ApplyBlock(c, block, {"u", At("2024-01-01")}, bits));
  EXPECT_LT(SteadyMicros() - started, 5 * kMicrosPerSecond);
  EXPECT_EQ(c.indices.size(), static_cast<std::size_t>(kIndices));
}

/// 255 characters of two bytes each, or one more.
std::string Long(int more) {
  std::string text(static_cast<std::size_t>(more), 'x');
  for (int i = 0; i < 255; ++i) text += "ä";
  return text;
}

TEST(CaseLimits, AreTakenAt255CharactersAndRefusedAt256) {
  const auto index = [](const std::string& name, const std::string& type, const std::string& id) {
    return Block("<index><" + name + " case_type='" + type + "'>" + id + "</" + name + "></index>");
  };
  const auto user = [](const std::string& id) {
    return Block("", "case_id='c1' user_id='" + id + "'");
  };
  const auto told = [](const std::string& field) {
    return "CaseValueError: Error processing case update: Field: " + field +
           ", Error: Value exceeds allowed length: 255";
  };
  EXPECT_EQ(ErrorOf(user(Long(0))), "none");
  EXPECT_EQ(ErrorOf(user(Long(1))), told("user_id"));
  EXPECT_EQ(ErrorOf(index(Long(0), "t", "r")), "none");
  EXPECT_EQ(ErrorOf(index(Long(1), "t", "r")), told("identifier"));
  EXPECT_EQ(ErrorOf(index("p", Long(0), "r")), "none");
  EXPECT_EQ(ErrorOf(index("p", Long(1), "r")), told("referenced_type"));
  EXPECT_EQ(ErrorOf(index("p", "t", Long(0))), "none");
  EXPECT_EQ(ErrorOf(index("p", "t", Long(1))), told("referenced_id"));
}

TEST(CaseTransactions, CarryTheBitsOfTheirActions) {
  std::int64_t bits = 0;
  Applied(Block("<create><case_name>n</case_name></create><close/>"
                "<index><p case_type='t'>x</p></index><attachment><a src='f'/></attachment>"),
          {}, &bits);
  EXPECT_EQ(bits,
            kCreateTransaction | kCloseTransaction | kIndexTransaction | kAttachmentTransaction);
}

TEST(CaseVersion1, IsAppliedWithItsOwnNames) {
  const auto found = BlocksOf(
      "<case><case_id>old</case_id><date_modified>2011-01-01</date_modified>"
      "<create><case_type_id>t</case_type_id><case_type>dropped</case_type></create>"
      "<update><p>1</p></update></case>");
  ASSERT_EQ(found.blocks.size(), 1u);
  EXPECT_TRUE(found.blocks[0].is_version_1);
  Case c;
  std::int64_t bits = 0;
  EXPECT_FALSE(ApplyBlock(c, found.blocks[0], {"u", At("2024-01-01")}, bits));
  EXPECT_EQ(c.type, "t");
  EXPECT_EQ(c.modified_on, At("2011-01-01"));
  EXPECT_EQ(RenderProperties(c), R"({"p":"1"})");
}

TEST(CaseProperties, SurviveTheRoundTripThroughTheStore) {
  Case c;
  c.properties["text"] = {"\"quoted\" \n ä", false};
  c.properties["object"] = {R"({"@k":"v"})", true};
  EXPECT_EQ(ParseProperties(RenderProperties(c)), c.properties);
}

TEST(CaseProperties, AreReadBackAtTheGreatestDepthThatXmlMayHave) {
  std::string value;
  const int depth = static_cast<int>(xml::Limits{}.depth) - 4;
  for (int i = 0; i < depth; ++i) value += "<x>";
  value += "v";
  for (int i = 0; i < depth; ++i) value += "</x>";
  const Case c = Applied(Block("<update>" + value + "</update>"));
  EXPECT_EQ(ParseProperties(RenderProperties(c)), c.properties);
}

TEST(CaseReset, KeepsIdsAndLocationOnly) {
  Case c =
      Applied(Block("<create><case_name>n</case_name></create><update><location_id>l"
                    "</location_id></update><close/>"));
  c.row = 7;
  c.case_id = "c1";
  ResetForRebuild(c);
  EXPECT_EQ(c.row, 7);
  EXPECT_EQ(c.case_id, "c1");
  EXPECT_EQ(c.location_id, "l");
  EXPECT_EQ(c.name, "");
  EXPECT_FALSE(c.is_closed || c.opened_on || c.modified_on);
}

}  // namespace
}  // namespace outpost::cases
