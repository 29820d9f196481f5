#include "domain/device_logs/report.h"

#include <gtest/gtest.h>

#include "domain/device_logs/report_view.h"

namespace outpost::device_logs {
namespace {

Report ReportOf(const std::string& content) {
  return ReadReport(
      xml::Document::Parse("<device_report xmlns='http://code.javarosa.org/devicereport'>" +
                           content + "</device_report>"));
}

std::string Log(const std::string& type, const std::string& message,
                const std::string& date = "2024-05-01T10:00:00+02") {
  return "<log date='" + date + "'><type>" + type + "</type><msg>" + message + "</msg></log>";
}

TEST(DeviceReport, MayLackEverything) {
  const auto report = ReportOf("");
  EXPECT_EQ(report.kinds(), 0);
  EXPECT_EQ(report.device_id, "");
  EXPECT_EQ(ReportOf("<log_subreport/><user_subreport> </user_subreport>"
                     "<user_error_subreport version='1'/><force_close_subreport/>")
                .kinds(),
            0);
}

TEST(DeviceReport, EntriesAreNumberedAcrossRepeatedSubreports) {
  const auto report =
      ReportOf("<device_id>d1</device_id><log_subreport>" + Log("a", "1") + Log("b", "2") +
               "</log_subreport><log_subreport>" + Log("c", "3") + "</log_subreport>");
  ASSERT_EQ(report.logs.size(), 3u);
  EXPECT_EQ(report.device_id, "d1");
  for (std::int64_t i = 0; i < 3; ++i) {
    EXPECT_EQ(report.logs[static_cast<std::size_t>(i)].number, i);
  }
  EXPECT_EQ(report.logs[2].type, "c");
  EXPECT_EQ(report.logs[2].message, "3");
  EXPECT_EQ(FormatT6(report.logs[2].date), "2024-05-01T08:00:00.000000Z");
  EXPECT_EQ(report.kinds(), kLogEntries);
}

TEST(DeviceReport, ABadEntryIsSkippedKeepsItsNumberAndTakesNoOtherWithIt) {
  const auto report =
      ReportOf("<log_subreport>" + Log("a", "1") + "<log/>" + Log("b", "2", "yesterday") +
               "<log><type>c</type></log>" + Log("d", "3", "2024-05-01") +
               "</log_subreport><user_subreport><user/></user_subreport>");
  ASSERT_EQ(report.logs.size(), 2u);
  EXPECT_EQ(report.logs[1].number, 4);
  EXPECT_EQ(FormatT6(report.logs[1].date), "2024-05-01T00:00:00.000000Z");
  EXPECT_EQ(report.entries_skipped, 4);
  EXPECT_EQ(report.kinds(), kLogEntries);
}

struct SignIn {
  const char* type;
  const char* message;
  std::optional<std::string> username, user_id;
};

TEST(DeviceReport, OnlyEntriesThatTellOfASignInHaveAUser) {
  const SignIn cases[] = {
      {"user", "login|asha|u-1", "asha", "u-1"},
      {"user", "login|asha", "asha", std::nullopt},
      {"user", "logout|asha|u-1", std::nullopt, std::nullopt},
      {"user", "login", std::nullopt, std::nullopt},
      {"resources", "login|asha|u-1", std::nullopt, std::nullopt},
      {"login", "ab12-asha", "asha", std::nullopt},
      {"login", "ab12-asha-north", "asha-north", std::nullopt},
      {"login", "asha", std::nullopt, std::nullopt},
  };
  for (const auto& c : cases) {
    const auto report = ReportOf("<log_subreport>" + Log(c.type, c.message) + "</log_subreport>");
    ASSERT_EQ(report.logs.size(), 1u);
    EXPECT_EQ(report.logs[0].username, c.username) << c.type << " " << c.message;
    EXPECT_EQ(report.logs[0].user_id, c.user_id) << c.type << " " << c.message;
  }
}

TEST(DeviceReport, TheIdOfAnOldPhonesUserIsLookedUp) {
  auto report = ReportOf("<log_subreport>" + Log("login", "ab12-asha") + Log("login", "x-nobody") +
                         Log("user", "login|omar|u-2") + "</log_subreport>");
  CompleteSignIns(report, [](std::string_view name) {
    return name == "asha" ? std::optional<std::string>("u-1") : std::nullopt;
  });
  EXPECT_EQ(report.logs[0].user_id, "u-1");
  EXPECT_EQ(report.logs[1].user_id, std::nullopt);
  EXPECT_EQ(report.logs[2].user_id, "u-2");
}

TEST(DeviceReport, UserErrorsAndForceClosesHaveOldAndNewNamesOfTheVersion) {
  const auto report = ReportOf(
      "<device_model>Pixel</device_model><android_version>14</android_version>"
      "<user_error_subreport version='1'>"
      "<user_error date='2024-01-01'><app_build>7</app_build><version>6</version></user_error>"
      "<user_error date='2024-01-01'><version>102</version><context_node>n</context_node>"
      "</user_error><user_error date='2024-01-01'><version>new</version></user_error>"
      "</user_error_subreport><force_close_subreport>"
      "<force_close date='2024-01-01'><app_build>15</app_build><android_version>6.0.1"
      "</android_version><device_model>Nexus 5X</device_model></force_close>"
      "<force_close date='2024-01-01'><build_number>3</build_number></force_close>"
      "</force_close_subreport>");
  ASSERT_EQ(report.errors.size(), 3u);
  EXPECT_EQ(report.errors[0].version, 7);
  EXPECT_EQ(report.errors[1].version, 102);
  EXPECT_EQ(report.errors[1].context_node, "n");
  EXPECT_EQ(report.errors[2].version, std::nullopt);
  ASSERT_EQ(report.closes.size(), 2u);
  EXPECT_EQ(report.closes[0].version, 15);
  EXPECT_EQ(report.closes[0].device_model, "Nexus 5X");
  EXPECT_EQ(report.closes[1].version, 3);
  EXPECT_EQ(report.closes[1].android_version, "14");
  EXPECT_EQ(report.closes[1].device_model, "Pixel");
  EXPECT_EQ(report.kinds(), kUserErrors | kForceCloses);
}

TEST(DeviceReport, ConcernsWhoSentItUsesThePhoneOrSignedIn) {
  StoredReport stored;
  stored.user_id = "u-0";
  stored.report = ReportOf(
      "<user_subreport><user><username>asha</username><user_id>u-1</user_id></user>"
      "</user_subreport><log_subreport>" +
      Log("user", "login|omar|u-2") + "</log_subreport>");
  EXPECT_TRUE(Concerns(stored, "u-0", "nobody"));
  EXPECT_TRUE(Concerns(stored, "u-1", "nobody"));
  EXPECT_TRUE(Concerns(stored, "x", "asha"));
  EXPECT_TRUE(Concerns(stored, "x", "omar"));
  EXPECT_FALSE(Concerns(stored, "x", "nobody"));
  EXPECT_FALSE(Concerns(stored, "", ""));
}

}  // namespace
}  // namespace outpost::device_logs
