#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "domain/forms/detail/app_version.h"
#include "domain/forms/form_xml.h"

namespace outpost::forms {
namespace {

using boost::json::object;
using boost::json::value;

xml::Document FormWith(const std::string& meta, const std::string& root_attributes = "") {
  return xml::Document::Parse("<d xmlns='N' " + root_attributes + "><meta xmlns='M'>" + meta +
                              "</meta></d>");
}

object ViewOf(const std::string& meta) {
  return boost::json::parse(ReadMetadata(FormWith(meta), std::nullopt).json).as_object();
}
object ApiViewOf(const std::string& meta) {
  return boost::json::parse(ReadMetadata(FormWith(meta), std::nullopt).api_json).as_object();
}

TEST(Metadata, WidensDatesAndDropsTimesThatAreNone) {
  const auto metadata = ReadMetadata(
      FormWith("<timeStart>2014-07-10</timeStart><timeEnd>soon</timeEnd>"), std::nullopt);
  EXPECT_EQ(metadata.time_start, ParseDate("2014-07-10"));
  EXPECT_EQ(metadata.time_end, std::nullopt);
}

TEST(Metadata, ReducesVersionAndLocationToTextAndFlattensOtherObjects) {
  const auto view = ViewOf(
      "<appVersion xmlns='C' k='v'>2.0 beta</appVersion><location xmlns='C'/>"
      "<drift xmlns='O' k='v'>5</drift><pair><x>1</x><y>2</y></pair>");
  EXPECT_EQ(view.at("appVersion"), "2.0 beta");
  EXPECT_TRUE(view.at("location").is_null());
  EXPECT_EQ(view.at("drift"), "@k:v, @xmlns:O, #text:5");
  EXPECT_EQ(view.at("pair"), "x:1, y:2");
  EXPECT_FALSE(view.contains("@xmlns"));
}

struct Location {
  std::string text;
  bool is_geo_point;
};
class LocationTest : public testing::TestWithParam<Location> {};

TEST_P(LocationTest, HasFourDecimalsOrIsNone) {
  const auto view = ApiViewOf("<location>" + GetParam().text + "</location>");
  EXPECT_EQ(view.at("location"), GetParam().is_geo_point ? value(GetParam().text) : value());
  EXPECT_EQ(view.at("geo_point").is_object(), GetParam().is_geo_point);
}

INSTANTIATE_TEST_SUITE_P(Table, LocationTest,
                         testing::ValuesIn(std::vector<Location>{
                             {"-33.918 18.42 21.5 10", true},
                             {"+1 0 0 0.0", true},
                             {"42.1 -71.2", false},
                             {"42.1 -71.2 0 0 0", false},
                             {"north 1 2 3", false},
                             {"1.2.3 1 2 3", false},
                             {". 1 2 3", false},
                             {"- 1 2 3", false},
                             {"", false},
                         }));

TEST(Metadata, ShowsLatitudeAndLongitudeAsDecimalText) {
  EXPECT_EQ(ApiViewOf("<location>-33.918 18.420 21.5 10</location>").at("geo_point"),
            boost::json::parse(R"({"lat": "-33.918", "lon": "18.420"})"));
}

TEST(Metadata, OfAFormWithoutMetaIsAllNull) {
  const auto form = xml::Document::Parse("<d xmlns='N'><meta>plain</meta></d>");
  const auto view = boost::json::parse(ReadMetadata(form, std::nullopt).json);
  for (const auto& [name, field] : view.as_object()) {
    EXPECT_TRUE(field.is_null()) << name;
  }
}

TEST(Metadata, OfTheApiHasEachKeyOnce) {
  const std::string text =
      ReadMetadata(FormWith("<commcare_version>9</commcare_version><doc_type>x</doc_type>"
                            "<appVersion>version \"2.53.1\"</appVersion>"),
                   182)
          .api_json;
  EXPECT_EQ(text.find("commcare_version"), text.rfind("commcare_version"));
  EXPECT_EQ(text.find("doc_type"), text.rfind("doc_type"));
  const auto view = boost::json::parse(text).as_object();
  EXPECT_EQ(view.at("commcare_version"), "2.53.1");
  EXPECT_EQ(view.at("app_build_version"), 182);
  EXPECT_EQ(view.at("doc_type"), "Metadata");
  EXPECT_TRUE(view.at("deprecatedID").is_null());
}

struct VersionText {
  std::string text, commcare;
  std::optional<std::int64_t> app;
};
class AppVersionTest : public testing::TestWithParam<VersionText> {};

TEST_P(AppVersionTest, IsReadFromTheTextThatPhonesWrite) {
  EXPECT_EQ(CommCareVersionOf(GetParam().text), GetParam().commcare);
  EXPECT_EQ(AppVersionOf(GetParam().text), GetParam().app);
}

INSTANTIATE_TEST_SUITE_P(Table, AppVersionTest,
                         testing::ValuesIn(std::vector<VersionText>{
                             {"version \"2\"", "2.0.0", std::nullopt},
                             {"CommCare \"2.1\" (77) b[5]", "2.1.0", 5},
                             {"CommCare \" 2.1 \"(77)", "2.1.0", std::nullopt},
                             {"x \"1\" (2) version \"3.4.5\"", "3.4.5", std::nullopt},
                             {"App v12", "", std::nullopt},
                             {"App v12.", "", 12},
                             {"a #3 b[4] App v5.", "", 3},
                             {"a #3", "", std::nullopt},
                             {"a #99999999999999999999 x", "", std::nullopt},
                             {"b[1]x", "", std::nullopt},
                             {"ab[1]xy", "", 1},
                             {"\"\"\"\"\"\"\"", "", std::nullopt},
                         }));

TEST(FormVersions, PreferTheBuildThenTheTextThenTheRoot) {
  const std::string meta = "<appVersion>xxxx App v7.</appVersion>";
  EXPECT_EQ(ReadVersions(FormWith(meta, "version='5'"), 9).app_version, 9);
  EXPECT_EQ(ReadVersions(FormWith(meta, "version='5'"), std::nullopt).app_version, 7);
  EXPECT_EQ(ReadVersions(FormWith("", "version='5'"), std::nullopt).app_version, 5);
  EXPECT_EQ(ReadVersions(FormWith("", "version='1'"), std::nullopt).app_version, std::nullopt);
  EXPECT_EQ(ReadVersions(FormWith("", "version='x'"), std::nullopt).app_version, std::nullopt);
  EXPECT_EQ(ReadVersions(FormWith("<appVersion>version \"2.53.1.12\"</appVersion>"), std::nullopt)
                .commcare_version,
            "2.53.1.1")
      << "eight characters are stored";
}

}  // namespace
}  // namespace outpost::forms
