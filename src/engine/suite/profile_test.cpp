#include "engine/suite/profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/problem.h"

namespace outpost::suite {
namespace {

using testing::HasSubstr;

std::string Complaint(const std::string& xml) {
  try {
    ReadProfile(xml, "profile.ccpr");
  } catch (const Problem& problem) {
    EXPECT_EQ(problem.kind(), ProblemKind::kMalformed);
    EXPECT_NE(problem.position().line, 0u);
    return problem.told();
  }
  return "accepted";
}

std::string With(const std::string& children) {
  return "<profile version='3'>\n" + children + "\n</profile>";
}

const char* const kSuite =
    "<suite><resource id='suite' version='53' descriptor='Suite File'>"
    "<location authority='LOCAL'> ./suite.xml </location>"
    "<location authority='elsewhere'>https://h/suite.xml</location></resource></suite>";

TEST(Profile, HasItsAttributesPropertiesAndSuites) {
  const auto profile = ReadProfile(
      std::string("<profile version='53' update='https://h/p?latest=true' requiredMajor='2' "
                  "requiredMinor='54' requiredMinimal='1' uniqueid='APP' name='Visits' "
                  "descriptor='Profile File' buildProfileID='b'>"
                  "<Property key='a' value='1' force='TRUE'/><property key='a' value='2'/>"
                  "<unknown/>") +
          kSuite + "</profile>",
      "profile.ccpr");
  EXPECT_EQ(profile.version, 53);
  EXPECT_EQ(profile.update, "https://h/p?latest=true");
  EXPECT_EQ(profile.unique_id, "APP");
  EXPECT_EQ(profile.name, "Visits");
  EXPECT_EQ(profile.build_profile, "b");
  ASSERT_TRUE(profile.required);
  EXPECT_EQ(profile.required->minor, 54);
  ASSERT_EQ(profile.properties.size(), 2u);
  EXPECT_TRUE(profile.properties[0].is_forced);
  EXPECT_FALSE(profile.properties[1].is_forced);
  ASSERT_EQ(profile.suites.size(), 1u);
  const auto& suite = profile.suites[0];
  EXPECT_EQ(suite.version, 53);
  ASSERT_EQ(suite.locations.size(), 2u);
  EXPECT_TRUE(suite.locations[0].is_local);
  EXPECT_EQ(suite.locations[0].uri, "./suite.xml");
  EXPECT_FALSE(suite.locations[1].is_local) << "an unknown authority is remote";
}

TEST(Profile, AcceptsAnOldOneWithoutIdAndName) {
  const auto profile = ReadProfile(With(kSuite), "profile.ccpr");
  EXPECT_EQ(profile.unique_id, "");
  EXPECT_FALSE(profile.required);
}

TEST(Profile, HasFeaturesDependenciesCredentialsRootsAndLogin) {
  const auto profile = ReadProfile(
      With("<root prefix='media' readonly='true'><absolute path='/sdcard'/></root>"
           "<login><resource id='img' version='1'><location authority='local'>./l.png</location>"
           "</resource></login>"
           "<features><checkoff active='true'/><reminders active='false'><time>1</time></reminders>"
           "<users active='true'><registration>http://reg</registration><logo>l</logo></users>"
           "<dependencies active='true'><android_package id='org.x' name='X'/></dependencies>"
           "<credentials active='true'><credential level='3MON' type='APP'/></credentials>"
           "</features>"),
      "profile.ccpr");
  EXPECT_EQ(profile.features.size(), 5u);
  EXPECT_TRUE(profile.features[0].is_active);
  EXPECT_FALSE(profile.features[1].is_active);
  EXPECT_EQ(profile.registration_namespace, "http://reg");
  EXPECT_EQ(profile.dependencies.at(0).id, "org.x");
  EXPECT_EQ(profile.credentials.at(0).level, "3MON");
  EXPECT_EQ(profile.roots.at(0).kind, "absolute");
  EXPECT_TRUE(profile.roots.at(0).is_read_only);
  ASSERT_TRUE(profile.login_image);
}

TEST(Profile, RefusesWhatClientsRefuseAndSaysWhere) {
  EXPECT_EQ(Complaint("<suite version='1'/>"),
            "profile.ccpr, line 1: <suite> is no profile: the root must be <profile>");
  EXPECT_THAT(Complaint("<profile/>"), HasSubstr("needs the attribute version"));
  EXPECT_THAT(Complaint("<profile version='x'/>"), HasSubstr("needs an integer in version"));
  EXPECT_THAT(Complaint(With("<features><users active='true'><odd/></users></features>")),
              HasSubstr("line 2: <odd> is not known in <users>"));
  EXPECT_THAT(Complaint(With("<features><dependencies active='true'><android_package/>"
                             "</dependencies></features>")),
              HasSubstr("needs the attribute id"));
  EXPECT_THAT(Complaint(With("<features><credentials active='true'>"
                             "<credential level='' type='x'/></credentials></features>")),
              HasSubstr("needs a value of level"));
  EXPECT_THAT(Complaint(With("<features><sense active='perhaps'/></features>")),
              HasSubstr("needs true or false in active"));
  EXPECT_THAT(Complaint(With("<suite/>")), HasSubstr("needs exactly one <resource>"));
  EXPECT_THAT(Complaint(With("<property key='a'/>")), HasSubstr("needs the attribute value"));
  EXPECT_THAT(Complaint("<profile version='1'>"), HasSubstr("profile.ccpr, line 1: "));
}

TEST(Profile, RefusesResourcesWithoutIdVersionOrAuthority) {
  const auto resource = [](const std::string& attributes, const std::string& location) {
    return Complaint(
        With("<suite><resource " + attributes + ">" + location + "</resource></suite>"));
  };
  const std::string location = "<location authority='local'>./s</location>";
  EXPECT_THAT(resource("version='1'", location), HasSubstr("needs the attribute id"));
  EXPECT_THAT(resource("id='s'", location), HasSubstr("needs the attribute version"));
  EXPECT_THAT(resource("id='s' version='1.5'", location), HasSubstr("needs an integer"));
  EXPECT_THAT(resource("id='s' version='1'", "<location>./s</location>"),
              HasSubstr("needs the attribute authority"));
  EXPECT_THAT(resource("id='s' version='1'", ""), HasSubstr("needs a <location>"));
}

TEST(VersionGate, RefusesOtherMajorsAndOlderClients) {
  const ClientVersion client{2, 53, 0};
  EXPECT_TRUE(Accepts(std::nullopt, client));
  EXPECT_TRUE(Accepts(ClientVersion{2, 53, 0}, client));
  EXPECT_FALSE(Accepts(ClientVersion{2, 54, 0}, client));
  EXPECT_FALSE(Accepts(ClientVersion{2, 53, 1}, client));
  EXPECT_TRUE(Accepts(ClientVersion{2, 10, 99}, client));
  EXPECT_FALSE(Accepts(ClientVersion{3, 0, 0}, client));
}

}  // namespace
}  // namespace outpost::suite
