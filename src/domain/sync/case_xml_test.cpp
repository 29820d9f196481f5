#include "domain/sync/case_xml.h"

#include <gtest/gtest.h>

#include "format/xml/xml.h"

namespace outpost::sync {
namespace {

CaseFields Fields() {
  CaseFields fields;
  fields.case_id = "c1";
  fields.type = "patient";
  fields.name = "Ann & <Bo>";
  fields.owner_id = "u1";
  fields.modified_by = "u2";
  fields.opened_on = ParseDateTime("2019-12-31T23:59:59Z");
  fields.modified_on = *ParseDateTime("2020-01-02T03:04:05Z");
  fields.properties = R"({"dob":"1990-05-05","notes":""})";
  return fields;
}

std::string Rendered(const CaseFields& fields, bool creates,
                     const std::vector<SentIndex>& indices = {}, Version version = Version::kV2) {
  std::string out;
  CaseWriter(version).Append(out, fields, indices, creates);
  return out;
}

TEST(CaseXml, FilesOfACaseAreNamedWithTheAddressWhereTheyLie) {
  auto fields = Fields();
  fields.attachments = R"({"back":{"blob":"b","content_type":"image/jpeg","length":1},)"
                       R"("face":{"blob":"a","content_type":"image/jpeg","length":2}})";
  std::string out;
  CaseWriter(Version::kV2)
      .Append(out, fields, {}, true, "https://x.org/a/d/api/case/attachment/c1/");
  EXPECT_NE(out.find("</update><attachment>"
                     "<back src=\"https://x.org/a/d/api/case/attachment/c1/back\" from=\"remote\"/>"
                     "<face src=\"https://x.org/a/d/api/case/attachment/c1/face\" from=\"remote\"/>"
                     "</attachment></case>"),
            std::string::npos)
      << out;
  EXPECT_EQ(Rendered(fields, true).find("attachment"), std::string::npos);
  std::string old;
  CaseWriter(Version::kV1).Append(old, fields, {}, true, "https://x.org/");
  EXPECT_EQ(old.find("attachment"), std::string::npos);
}

TEST(CaseXml, ACaseThatThePhoneLacksIsCreatedAndItsBasicsAreNotUpdated) {
  EXPECT_EQ(Rendered(Fields(), true),
            "<case xmlns=\"http://commcarehq.org/case/transaction/v2\" case_id=\"c1\" "
            "user_id=\"u2\" date_modified=\"2020-01-02T03:04:05.000000Z\">"
            "<create><case_type>patient</case_type><case_name>Ann &amp; &lt;Bo&gt;</case_name>"
            "<owner_id>u1</owner_id></create>"
            "<update><date_opened>2019-12-31</date_opened><dob>1990-05-05</dob><notes/></update>"
            "</case>");
}

TEST(CaseXml, ACaseThatItHoldsIsUpdatedAndClosed) {
  auto fields = Fields();
  fields.is_closed = true;
  fields.external_id = "X-9";
  const auto out =
      Rendered(fields, false, {{"host", "household", "h1", true}, {"parent", "mother", "", false}});
  EXPECT_NE(out.find("<update><case_type>patient</case_type>"), std::string::npos) << out;
  EXPECT_NE(out.find("<owner_id>u1</owner_id><external_id>X-9</external_id>"), std::string::npos);
  EXPECT_NE(out.find("</update><index><host case_type=\"household\" relationship=\"extension\">"
                     "h1</host><parent case_type=\"mother\"></parent></index><close/></case>"),
            std::string::npos)
      << out;
  EXPECT_EQ(out.find("<create>"), std::string::npos);
}

TEST(CaseXml, TheOwnerIsNeverEmpty) {
  auto fields = Fields();
  fields.owner_id = "";
  EXPECT_NE(Rendered(fields, true).find("<owner_id>u2</owner_id>"), std::string::npos);
  fields.modified_by = "";
  EXPECT_NE(Rendered(fields, true).find("<owner_id>-</owner_id>"), std::string::npos);
}

TEST(CaseXml, PropertiesThatCannotBeElementsOrAreToldElsewhereAreLeftOut) {
  auto fields = Fields();
  fields.properties = R"({"a b":"1","case_name":"x","date_opened":"y","fine":"z","name":"n"})";
  const auto out = Rendered(fields, true);
  EXPECT_NE(out.find("<date_opened>2019-12-31</date_opened><fine>z</fine></update>"),
            std::string::npos)
      << out;
}

TEST(CaseXml, EveryTextOfThePropertiesArrivesWhateverItsEscapes) {
  auto fields = Fields();
  fields.properties = R"({"q":"\"a\" \\ \/ \n\t\u00e9 \u0906 \ud83d\ude00","r":"plain","s":"<&>"})";
  const auto document = xml::Document::Parse(Rendered(fields, true));
  const auto update = *document.root().child("update");
  EXPECT_EQ(update.child("q")->text(), "\"a\" \\ / \n\t\u00e9 \u0906 \U0001F600");
  EXPECT_EQ(update.child("r")->text(), "plain");
  EXPECT_EQ(update.child("s")->text(), "<&>");
}

TEST(CaseXml, TextsWithoutUnusualEscapesAreWrittenTheShortWay) {
  auto fields = Fields();
  fields.properties = R"({"a":"x \"y\" \\ <z> & \n","b":"","c":"end"})";
  const auto document = xml::Document::Parse(Rendered(fields, true));
  const auto update = *document.root().child("update");
  EXPECT_EQ(update.child("a")->text(), "x \"y\" \\ <z> & \n");
  EXPECT_EQ(update.child("b")->text(), "");
  EXPECT_EQ(update.child("c")->text(), "end");
}

TEST(CaseXml, CasesOfOneRestoreMayDifferInTheirProperties) {
  CaseWriter writer(Version::kV2);
  const auto rendered = [&](const char* properties) {
    auto fields = Fields();
    fields.properties = properties;
    std::string out;
    writer.Append(out, fields, {}, true);
    const auto begin = out.find("</date_opened>") + 14;
    return out.substr(begin, out.find("</update>") - begin);
  };
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(rendered(R"({"a":"1","b":"2","c":"3"})"), "<a>1</a><b>2</b><c>3</c>");
    EXPECT_EQ(rendered(R"({"a":"1","c":"3"})"), "<a>1</a><c>3</c>");
    EXPECT_EQ(rendered(R"({"ab":"1","b":"","name":"n","type":"t"})"), "<ab>1</ab><b/>");
    EXPECT_EQ(rendered(R"({"b":"2","name":"n","c":"3"})"), "<b>2</b><c>3</c>");
    EXPECT_EQ(rendered("{}"), "");
    EXPECT_EQ(rendered(R"({"a":"\u00e9","b":"2"})"), "<a>\u00e9</a><b>2</b>");
  }
}

TEST(CaseXml, MoreNamesThanAreRememberedAreWrittenToo) {
  CaseWriter writer(Version::kV2);
  std::string properties = "{", expected;
  for (int i = 0; i < 10'050; ++i) {
    const auto name = "p" + std::to_string(i);
    properties += (i == 0 ? "\"" : ",\"") + name + "\":\"x\"";
    expected += '<' + name + ">x</" + name + '>';
  }
  properties += '}';
  auto fields = Fields();
  fields.properties = properties;
  for (int i = 0; i < 2; ++i) {
    std::string out;
    writer.Append(out, fields, {}, true);
    EXPECT_NE(out.find(expected + "</update>"), std::string::npos) << i;
  }
}

TEST(CaseXml, AStructuredValueIsAnElementWithAttributes) {
  auto fields = Fields();
  fields.properties = R"({"photo":{"@from":"local","#text":"a<b"},"z":"1"})";
  const auto out = Rendered(fields, true);
  EXPECT_NE(out.find("<photo from=\"local\">a&lt;b</photo><z>1</z>"), std::string::npos) << out;
}

TEST(CaseXml, TheFirstDialectHasNoIndices) {
  const auto out = Rendered(Fields(), true, {{"parent", "mother", "m1", false}}, Version::kV1);
  EXPECT_EQ(out,
            "<case><case_id>c1</case_id><date_modified>2020-01-02T03:04:05.000000Z</date_modified>"
            "<create><case_type_id>patient</case_type_id><user_id>u2</user_id>"
            "<case_name>Ann &amp; &lt;Bo&gt;</case_name><external_id/></create>"
            "<update><owner_id>u1</owner_id><date_opened>2019-12-31</date_opened>"
            "<dob>1990-05-05</dob><notes/></update></case>");
}

}  // namespace
}  // namespace outpost::sync
