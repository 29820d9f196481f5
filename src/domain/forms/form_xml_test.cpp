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

INSTANTIATE_TEST_SUITE_P(Table, FormJsonTest,
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
                             {"<Meta><TimeStart>x</TimeStart></Meta>",
                              R"("meta":{"timeStart":"x"})"},
                             {"<meta><uid>1</uid><instanceID>2</instanceID></meta>",
                              R"("meta":{"uid":"1","instanceID":"2"})"},
                             {"<meta>plain</meta>", R"("meta":"plain")"},
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
}

}  // namespace
}  // namespace outpost::forms
