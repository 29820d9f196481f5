#include "transition/plan/plan.h"

#include <gtest/gtest.h>

#include "transition/plan/configuration.h"
#include "transition/plan/diagram.h"
#include "transition/plan/documents.h"

namespace outpost::plan {
namespace {

const std::string kHead =
    "[plan]\norganisation = \"O\"\nprogramme = \"P\"\n"
    "[scale]\nusers = 100\nstart = \"2027-01\"\n";
const std::string kSingle = kHead +
                            "[[environment]]\nname = \"prod\"\nhost = \"a.example.org\"\n"
                            "[[machine]]\nname = \"m1\"\nenvironment = \"prod\"\nroles = "
                            "[\"all\"]\naddress = \"10.0.0.1\"\n";

std::string RefusalOf(const std::string& text) {
  try {
    ReadPlan(text, "p.toml");
  } catch (const Problem& problem) {
    return problem.told();
  }
  return "accepted";
}

TEST(PlanReading, AcceptsTheSmallestPlanAndSaysWhatIsThin) {
  const auto plan = ReadPlan(kSingle, "p.toml");
  EXPECT_EQ(plan.scale.users_target, 100);
  ASSERT_EQ(plan.environments.size(), 1u);
  EXPECT_EQ(plan.environments[0].machines[0].name, "m1");
  EXPECT_GE(plan.remarks.size(), 5u);
}

TEST(PlanReading, TheExampleThatComesWithTheProgramLacksNothing) {
  const auto plan = ReadPlan(ExamplePlan(), "plan.toml");
  EXPECT_TRUE(plan.remarks.empty()) << plan.remarks[0];
  EXPECT_EQ(plan.scale.users_target, 20000);
}

TEST(PlanReading, NamesFileLineKeyAndNearestWord) {
  EXPECT_EQ(RefusalOf(kSingle + "disc = \"ssd\"\n"),
            "p.toml:15: machine.disc: unknown key; did you mean 'disk'?");
}

struct Refusal {
  std::string text;
  std::string mentions;
};

TEST(PlanReading, RefusesWhatDoesNotFit) {
  const auto machine = [](const std::string& lines) { return kSingle + "[[machine]]\n" + lines; };
  for (const auto& one : std::vector<Refusal>{
           {"", "plan: this key is required"},
           {"[plan", "TOML"},
           {kHead, "environment: this key is required"},
           {kSingle + "[colour]\n", "colour: unknown key"},
           {machine("name=\"m1\"\nenvironment=\"prod\"\nroles=[\"all\"]\naddress=\"10.0.0.2\"\n"),
            "exactly one machine with the role 'all', it has 2"},
           {machine("name=\"m2\"\nenvironment=\"prod\"\nroles=[\"al\"]\naddress=\"10.0.0.2\"\n"),
            "did you mean 'all'"},
           {machine("name=\"m2\"\nenvironment=\"prod\"\nroles=[\"web\"]\naddress=\"10.0.0.2\"\n"),
            "does not belong to the topology"},
           {machine("name=\"m2\"\nenvironment=\"test\"\nroles=[\"all\"]\naddress=\"10.0.0.2\"\n"),
            "there is no environment 'test'"},
           {machine("name=\"m2\"\nenvironment=\"prod\"\nroles=[\"all\"]\naddress=\"10.0.0\"\n"),
            "not an IP address"},
           {machine("name=\"m/2\"\nenvironment=\"prod\"\nroles=[\"all\"]\naddress=\"10.0.0.2\"\n"),
            "small letters, digits and dashes"},
           {kHead + "[[environment]]\nname=\"p\"\nhost=\"a b\"\n", "'a b' is not a host name"},
           {kHead + "[[environment]]\nname=\"p\"\nhost=\"a.b;\"\n", "not a host name"},
           {kHead + "[[environment]]\nname=\"p\"\nhost=\"a.b\"\ndata_folder=\"/x y\"\n",
            "not an absolute path"},
           {kSingle + "[backup]\ntime = \"25:00\"\n", "not a time"},
           {kSingle + "[backup]\nsecond_place = \"x; rm\"\n", "goes into a script"},
           {kSingle + "[[person]]\nname = \"A\"\nstands_in = \"B\"\n", "nobody in the plan"},
           {kSingle + "[levels]\navailability_percent = 101\n", "up to 100"},
           {kSingle + "[levels]\nrespond_minutes = [1, 2]\n", "five numbers"},
           {kHead + "[[environment]]\nname=\"p\"\nhost=\"a.b\"\ntopology=\"ring\"\n",
            "not one of: single, pair, cluster"}}) {
    EXPECT_NE(RefusalOf(one.text).find(one.mentions), std::string::npos)
        << one.text << "\n=> " << RefusalOf(one.text);
  }
}

TEST(PlanNames, AreHostNamesOrNot) {
  for (const char* good : {"a.b", "x-1.example.org", "EXAMPLE.org"}) {
    EXPECT_TRUE(IsHostName(good)) << good;
  }
  for (const char* bad : {"", "localhost", "a..b", "-a.b", "a_b.c", "a.b/", "a.b\n"}) {
    EXPECT_FALSE(IsHostName(bad)) << bad;
  }
  for (const char* good : {"10.0.0.1", "10.0.0.0/24", "fd00::1", "fd00::/64"}) {
    EXPECT_TRUE(IsAddressOrNetwork(good)) << good;
  }
  for (const char* bad : {"10.0.0.256", "10.0.0.0/33", "x", "10.0.0.0/", "fd00::/129"}) {
    EXPECT_FALSE(IsAddressOrNetwork(bad)) << bad;
  }
}

TEST(PlanDrawing, ShowsEveryMachineAndIntegrationAndEscapesThem) {
  const auto plan =
      ReadPlan(kSingle + "[[integration]]\nname = \"<DHIS2> & co\"\nkind = \"dhis2\"\n", "p.toml");
  const auto svg = ArchitectureSvg(plan);
  EXPECT_NE(svg.find("&lt;DHIS2&gt; &amp; co"), std::string::npos);
  EXPECT_NE(svg.find(">m1<"), std::string::npos);
  EXPECT_EQ(svg.find("<DHIS2>"), std::string::npos);
}

TEST(PlanDocuments, EscapeWhatPeopleWroteAndKeepCodeApart) {
  auto plan = ReadPlan(kSingle, "p.toml");
  plan.organisation = "<b>O</b>";
  for (const auto& document : DocumentsOf(plan)) {
    EXPECT_EQ(document.Html().find("<b>O</b>"), std::string::npos) << document.stem();
    EXPECT_FALSE(document.Markdown().empty());
  }
}

TEST(PlanDocuments, AnswerAllTwentyFourCheckpoints) {
  const auto book = AnswerMatrixOf(ReadPlan(kSingle, "p.toml"));
  EXPECT_EQ(book.sheets[0].tables[1].rows.size(), 24u);
  EXPECT_EQ(book.sheets[1].tables[0].rows.size(), 46u);
}

TEST(PlanFirewall, OpensTheDatabaseOnlyBetweenTheTwoMachinesOfAPair) {
  const auto plan = ReadPlan(kHead +
                                 "[[environment]]\nname=\"prod\"\nhost=\"a.b\"\ntopology=\"pair\"\n"
                                 "[[machine]]\nname=\"m1\"\nenvironment=\"prod\"\nroles=["
                                 "\"primary\"]\naddress=\"10.0.0.1\"\n"
                                 "[[machine]]\nname=\"m2\"\nenvironment=\"prod\"\nroles=["
                                 "\"standby\"]\naddress=\"10.0.0.2\"\n",
                             "p.toml");
  const auto& environment = plan.environments[0];
  const auto rules = FirewallOf(environment, environment.machines[0], {});
  EXPECT_NE(rules.find("ip saddr 10.0.0.2 tcp dport 5432 accept"), std::string::npos);
  EXPECT_EQ(rules.find("        tcp dport 5432"), std::string::npos);
  EXPECT_NE(rules.find("policy drop"), std::string::npos);
}

}  // namespace
}  // namespace outpost::plan
