#include "domain/forms/form_xml.h"

#include <gtest/gtest.h>

namespace outpost::forms {
namespace {

std::string JsonOf(std::string_view xml) { return RenderFormJson(xml::Document::Parse(xml)); }

struct JsonCase {
  std::string xml, json;
};
class FormJsonTest : public testing::TestWithParam<JsonCase> {};

TEST_P(FormJsonTest, ShowsElementsAsTheSpecificationSays) {
  EXPECT_EQ(JsonOf("<d xmlns='N'>" + GetParam().xml + "</d>"),
            R"({"@xmlns":"N",)" + GetParam().json + R"(,"#type":"d"})");
}

INSTANTIATE_TEST_SUITE_P(
    Table, FormJsonTest,
    testing::ValuesIn(std::vector<JsonCase>{
        {"<a/>", R"("a":"")"},
        {"<a>  </a>", R"("a":"  ")"},
        {"<a k='v'> </a>", R"("a":{"@k":"v"})"},
        {"<a k='v'>t</a>", R"("a":{"@k":"v","#text":"t"})"},
        {"<a xmlns='M'>t</a>", R"("a":{"@xmlns":"M","#text":"t"})"},
        {"<a xmlns=''>t</a>", R"("a":"t")"},
        {"<g><q/></g><g><q/></g>", R"("g":[{"q":""},{"q":""}])"},
        {"<g><q/></g>", R"("g":{"q":""})"},
        {"<b/><a/><b>2</b>", R"("b":["","2"],"a":"")"},
        {"<a>2020-05-01 10:00</a>", R"("a":"2020-05-01T10:00:00.000000Z")"},
        {"<a>2020-01-01T10:00:00.5Z</a>", R"("a":"2020-01-01T10:00:00.5Z")"},
        {"<a>2015-04-03</a>", R"("a":"2015-04-03")"},
        {"<Meta><TimeStart>x</TimeStart></Meta>", R"("meta":{"timeStart":"x"})"},
        {"<meta><uid>1</uid><instanceID>2</instanceID></meta>",
         R"("meta":{"uid":"1","instanceID":"2"})"},
        {"<meta>plain</meta>", R"("meta":"plain")"},
        {"<meta>a</meta><meta>b</meta>", R"("meta":["a","b"])"},
        {"<meta>a</meta><meta><x/></meta><meta><y/></meta>", R"("meta":{"x":""})"},
        {"<Meta><uid>1</uid></Meta><q/><meta><x/></meta>", R"("meta":{"instanceID":"1"},"q":"")"},
        {"<meta xmlns='M'><chw_id>1</chw_id><DeviceID>2</DeviceID></meta>",
         R"("meta":{"@xmlns":"M","userID":"1","deviceID":"2"})"},
        {"<g><Meta><uid>1</uid></Meta></g>", R"("g":{"Meta":{"uid":"1"}})"},
        {"<a xml:lang='en'/>", R"("a":{"@{http://www.w3.org/XML/1998/namespace}lang":"en"})"},
        {"<a>1</a><p:a xmlns:p='M'>2</p:a>", R"("a":["1",{"@xmlns":"M","#text":"2"}])"},
        {"<g xmlns='M'><q/><r xmlns='N'/></g>", R"("g":{"@xmlns":"M","q":"","r":{"@xmlns":"N"}})"},
        {"<g xmlns=''><q/><r xmlns='N'>1</r></g>",
         R"("g":{"q":"","r":{"@xmlns":"N","#text":"1"}})"},
        {"<a> 1 <b/> 2 </a>", R"("a":{"b":"","#text":" 1 "})"},
        {"<a>\n<b/>2</a>", R"("a":{"b":""})"},
        {"<a>007</a><b>1e3</b><c>true</c>", R"("a":"007","b":"1e3","c":"true")"},
        {"<a>&quot;&#10;\u00e4\U0001F600</a>", "\"a\":\"\\\"\\n\u00e4\U0001F600\""},
    }));

TEST(FormJson, StaysLinearWithManyChildrenOfOneOrOfManyNames) {
  std::string same = "<d xmlns='N'>", different = same;
  for (int i = 0; i < 100'000; ++i) {
    same += "<a/>";
    different += "<a" + std::to_string(i) + "/>";
  }
  EXPECT_GT(JsonOf(same + "</d>").size(), 300'000u);
  EXPECT_GT(JsonOf(different + "</d>").size(), 1'000'000u);
}

TEST(FormJson, OfAnElementIsWhatStandsInTheForm) {
  const auto form = xml::Document::Parse(
      "<d xmlns='N'><a k='2020-05-01T10:00'>t<b xmlns='M'/></a><l>2020-05-01T10:00</l></d>");
  EXPECT_EQ(RenderElementJson(*form.root().child("a"), "N"),
            R"({"@k":"2020-05-01T10:00:00.000000Z","b":{"@xmlns":"M"},"#text":"t"})");
  EXPECT_EQ(RenderElementJson(*form.root().child("l"), "N"), R"("2020-05-01T10:00:00.000000Z")");
}

TEST(FormIdentity, TakesTheFirstUsableId) {
  const auto identity = [](std::string_view meta) {
    return ReadIdentity(xml::Document::Parse("<d xmlns='N'>" + std::string(meta) + "</d>"));
  };
  EXPECT_EQ(identity("<meta><uid>u</uid><instanceID>i</instanceID></meta>").form_id, "u");
  EXPECT_EQ(identity("<meta><uid/><instanceID>i</instanceID></meta>").form_id, "i");
  EXPECT_EQ(identity("").form_id, "");
  EXPECT_EQ(identity("<Meta><user_id>a</user_id></Meta>").user_id, "a");
  EXPECT_EQ(identity("<meta><chw_id>a</chw_id></meta>").user_id, std::nullopt);
  EXPECT_EQ(identity("<meta><deviceID>d</deviceID></meta>").device_id, "d");
  EXPECT_EQ(identity("<meta>x</meta>").form_id, "");
  EXPECT_EQ(identity("<meta>x</meta><meta><instanceID>i</instanceID></meta>").form_id, "i");
  EXPECT_EQ(identity("<meta><instanceID>a</instanceID></meta><Meta><uid>b</uid></Meta>").form_id,
            "b");
}

}  // namespace
}  // namespace outpost::forms
