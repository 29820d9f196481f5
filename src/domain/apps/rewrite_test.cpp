#include "domain/apps/detail/rewrite.h"

#include <gmock/gmock.h>

namespace outpost::apps::detail {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const Addresses kAddresses{"https://new.example", "demo", "app", "b1"};

NewVersions Versions() { return {7, {{"suite", 7}, {"form-one", 6}}}; }

std::string AddressOf(std::string_view path) {
  return path == "there.xml" || path == "suite.xml" ? "https://new.example/" + std::string(path)
                                                    : std::string();
}

std::string Suite(std::string_view xml) {
  const auto versions = Versions();
  return RewriteSuite(xml, {kAddresses, versions, AddressOf, "suite.xml"});
}

std::string Profile(std::string_view xml, std::set<std::string> left_out = {}) {
  const auto versions = Versions();
  return RewriteProfile(
      xml, {kAddresses, versions, AddressOf, "profile.ccpr", std::move(left_out), "profile.ccpr"});
}

TEST(Rewrite, EveryOtherByteOfASuiteStays) {
  const std::string_view xml =
      "<?xml version='1.0'?>\r\n<suite  version='1'><!-- <location> -->\n"
      "  <menu id=\"m0\" relevant=\"1 < 2\"><text>a &amp; b</text></menu></suite>\n";
  std::string expected(xml);
  expected.replace(expected.find("version='1'>") + 9, 1, "7");
  EXPECT_EQ(Suite(xml), expected);
}

TEST(Rewrite, RemoteLocationsBecomeOurs) {
  EXPECT_EQ(Suite("<suite version=\"1\"><xform><resource id=\"form-one\" version=\"3\">"
                  "<location authority=\"local\">./there.xml</location>"
                  "<location authority=\"remote\"> https://old.example/x </location>"
                  "</resource></xform></suite>"),
            "<suite version=\"7\"><xform><resource id=\"form-one\" version=\"6\">"
            "<location authority=\"local\">./there.xml</location>"
            "<location authority=\"remote\"> https://new.example/there.xml </location>"
            "</resource></xform></suite>");
}

TEST(Rewrite, AResourceWithoutARemoteLocationGetsOne) {
  EXPECT_THAT(Suite("<suite version=\"1\"><xform><resource id=\"a\" version=\"3\">"
                    "<location authority=\"LOCAL\">./there.xml</location></resource></xform>"
                    "</suite>"),
              HasSubstr("</location><location authority=\"remote\">https://new.example/there.xml"
                        "</location></resource>"));
}

TEST(Rewrite, AFileThatIsNotInTheArchiveKeepsItsAddress) {
  const std::string_view resource =
      "<resource id=\"a\" version=\"3\"><location authority=\"local\">./gone.png</location>"
      "<location authority=\"remote\">https://old.example/gone.png</location></resource>";
  EXPECT_THAT(
      Suite("<suite version=\"1\"><media path=\"x\">" + std::string(resource) + "</media></suite>"),
      HasSubstr(resource));
}

TEST(Rewrite, SearchAndClaimGoToThisServer) {
  const auto suite = Suite(
      "<suite version=\"1\"><remote-request>"
      "<post url=\"https://old.example/a/old/phone/claim-case/\"/><session>"
      "<query url=\"https://old.example/a/old/phone/search/abc/?x=1&amp;y=2\" id=\"r\"/></session>"
      "<stack><push><query id=\"q\" value=\"https://old.example/a/old/phone/case_fixture/abc/\"/>"
      "</push></stack></remote-request></suite>");
  EXPECT_THAT(suite, HasSubstr("post url=\"https://new.example/a/demo/phone/claim-case/\""));
  EXPECT_THAT(suite, HasSubstr("url=\"https://new.example/a/demo/phone/search/b1/?x=1&amp;y=2\""));
  EXPECT_THAT(suite, HasSubstr("value=\"https://new.example/a/demo/phone/case_fixture/b1/\""));
}

TEST(Rewrite, ElementsInOddPlacesAreEditedToo) {
  EXPECT_THAT(Suite("<suite version=\"1\"><xform><resource id=\"form-one\" version=\"3\">"
                    "<location authority=\"local\">./there.xml</location>"
                    "<location authority=\"remote\">https://old.example/x</location>"
                    "<post url=\"https://old.example/a/old/phone/claim-case/\"/>"
                    "</resource></xform></suite>"),
              AllOf(HasSubstr("https://new.example/there.xml"),
                    HasSubstr("https://new.example/a/demo/phone/claim-case/")));
}

TEST(Rewrite, OtherAddressesStay) {
  EXPECT_EQ(PhoneAddress("https://other.example/api/x", kAddresses), "");
  EXPECT_EQ(PhoneAddress("https://old.example/a/old/phone/unknown/", kAddresses), "");
  EXPECT_EQ(PhoneAddress("not an address", kAddresses), "");
}

TEST(Rewrite, AProfileSendsEverythingHere) {
  const auto profile = Profile(
      "<profile version=\"3\" update=\"https://old.example\" name='A'>"
      "<property key=\"PostURL\" value=\"https://old.example/a/old/receiver/secure/x/\"/>"
      "<property key=\"cur_locale\" value=\"en\" force=\"false\"/>"
      "<suite><resource id=\"suite\" version=\"3\"><location authority=\"local\">./suite.xml"
      "</location></resource></suite></profile>");
  EXPECT_THAT(profile, HasSubstr("<profile version=\"7\" "
                                 "update=\"https://new.example/a/demo/apps/download/b1/"
                                 "profile.ccpr?latest=true\" name='A' uniqueid=\"app\">"));
  EXPECT_THAT(profile, HasSubstr("<property key=\"PostURL\" "
                                 "value=\"https://new.example/a/demo/receiver/secure/b1/\" "
                                 "force=\"true\"/>"));
  EXPECT_THAT(profile, HasSubstr("key=\"cur_locale\" value=\"en\" force=\"false\""));
  for (const auto* key : {"ota-restore-url", "PostTestURL", "key_server", "cc_user_domain",
                          "heartbeat-url", "recovery-measures-url"}) {
    EXPECT_THAT(profile, HasSubstr("key=\"" + std::string(key) + "\""));
  }
  EXPECT_THAT(profile, HasSubstr("value=\"demo.commcarehq.org\""));
  EXPECT_THAT(profile, Not(HasSubstr("old.example")));
}

TEST(Rewrite, AProfileCanLeaveOutASuite) {
  const auto profile = Profile(
      "<profile version=\"3\"><suite><resource id=\"suite\" version=\"3\"/></suite>"
      "<suite><resource id=\"media-suite\" version=\"3\"><location authority=\"local\">./m.xml"
      "</location></resource></suite></profile>",
      {"media-suite"});
  EXPECT_THAT(profile, HasSubstr("id=\"suite\" version=\"7\""));
  EXPECT_THAT(profile, Not(HasSubstr("media-suite")));
}

}  // namespace
}  // namespace outpost::apps::detail
