// Heartbeat, recovery measures, keys, claims: what the corpus does not have.
#include <gtest/gtest.h>

#include "base/text.h"
#include "operations/phones/apps/claim_client.h"
#include "operations/phones/apps/heartbeat_client.h"
#include "operations/phones/apps/key_store.h"
#include "operations/phones/apps/recovery_client.h"

namespace outpost::phones {
namespace {

HeartbeatReport Report() {
  HeartbeatReport report;
  report.app_id = "APP";
  report.app_version = 5;
  report.cc_version = "2.57.0";
  return report;
}

TEST(Heartbeat, CountsOnlyForItsOwnApp) {
  const std::string body = R"({"app_id": "APP", "latest_apk_version": {"value": "2.58"},
    "latest_ccz_version": {"value": 6, "force": true}, "force_logs": true,
    "disable_background_work": true, "unknown": []})";
  const auto got = ReadHeartbeat(200, body, Report());
  ASSERT_TRUE(got.is_accepted && got.app && got.client);
  EXPECT_EQ(got.app->version, 6);
  EXPECT_TRUE(got.app->is_forced);
  EXPECT_EQ(got.client->version, "2.58");
  EXPECT_FALSE(got.client->is_forced);
  EXPECT_TRUE(got.forces_logs && got.stops_background_work);
  auto other = Report();
  other.app_id = "OTHER";
  EXPECT_FALSE(ReadHeartbeat(200, body, other).is_accepted);
  EXPECT_FALSE(ReadHeartbeat(403, body, Report()).is_accepted);
  EXPECT_FALSE(ReadHeartbeat(200, "<html>", Report()).is_accepted);
}

TEST(Heartbeat, PromptsForPlainVersionsOnly) {
  const auto app_of = [](const std::string& value) {
    return ReadHeartbeat(200,
                         R"({"app_id": "APP", "latest_ccz_version": {"value": )" + value + "}}",
                         Report())
        .app.has_value();
  };
  EXPECT_TRUE(app_of("6"));
  EXPECT_TRUE(app_of("\"6\""));
  EXPECT_FALSE(app_of("\"6.0\""));
  EXPECT_FALSE(app_of("5"));
  EXPECT_FALSE(app_of("null"));
}

TEST(Heartbeat, IsSentWithTheAppsParameters) {
  auto report = Report();
  report.unsent_forms = 3;
  const auto address = HeartbeatAddress("https://h/hb/?build_profile_id=", report);
  EXPECT_TRUE(address.starts_with("https://h/hb/?build_profile_id=&app_id=APP&"));
  EXPECT_NE(address.find("&num_unsent_forms=3&"), std::string::npos);
}

TEST(Heartbeat, IsAskedHourlyUntilOneAnswerCounts) {
  HeartbeatSchedule schedule;
  const Instant start{0};
  EXPECT_FALSE(schedule.IsDue(start)) << "nobody is logged in";
  schedule.LoggedIn();
  EXPECT_TRUE(schedule.IsDue(start));
  schedule.Answered(start, false);
  EXPECT_FALSE(schedule.IsDue(start + (HeartbeatSchedule::kAgainMicros - 1)));
  EXPECT_TRUE(schedule.IsDue(start + HeartbeatSchedule::kAgainMicros));
  schedule.Answered(start + HeartbeatSchedule::kAgainMicros, true);
  EXPECT_FALSE(schedule.IsDue(start + 9 * HeartbeatSchedule::kAgainMicros));
  schedule.LoggedIn();
  EXPECT_TRUE(schedule.IsDue(start + 9 * HeartbeatSchedule::kAgainMicros));
}

TEST(Heartbeat, AForcedPromptIsShownAlways) {
  PromptFrequency frequency;
  for (int login = 0; login < 9; ++login) EXPECT_TRUE(frequency.ShowsAtLogin(true));
}

std::string Measures(const std::string& list) {
  return R"({"app_id": "APP", "latest_apk_version": "2.57.0", "latest_ccz_version": 5,
    "recovery_measures": [)" +
         list + "]}";
}

RecoverySituation Here() { return {"APP", 5, {2, 57, 0}, 3}; }

TEST(RecoveryMeasures, AreDoneOnceAndInOrder) {
  const std::string wide = R"(, "app_version_min": 0, "app_version_max": 9})";
  const auto read =
      ReadMeasures(200,
                   Measures(R"({"sequence_number": 5, "type": "cc_reinstall")" + wide + R"(,
        {"sequence_number": 4, "type": "app_reinstall_and_update")" +
                            wide + R"(,
        {"sequence_number": 3, "type": "app_reinstall_and_update")" +
                            wide + R"(,
        {"sequence_number": 9, "type": "unheard_of")" +
                            wide),
                   Here());
  ASSERT_TRUE(read.is_accepted);
  ASSERT_EQ(read.queued.size(), 2u);
  EXPECT_EQ(read.queued[0].number, 4);
  EXPECT_EQ(read.queued[1].kind, MeasureKind::kClientReinstall);
}

TEST(RecoveryMeasures, NoUpdateWhereAllIsLatest) {
  const std::string wide = R"(, "app_version_min": 0, "app_version_max": 9})";
  const auto read = ReadMeasures(200,
                                 Measures(R"({"sequence_number": 4, "type": "app_update")" + wide +
                                          R"(, {"sequence_number": 5, "type": "cc_update")" + wide),
                                 Here());
  EXPECT_TRUE(read.is_accepted);
  EXPECT_TRUE(read.queued.empty());
}

TEST(RecoveryMeasures, NeedBothLatestVersions) {
  EXPECT_TRUE(ReadMeasures(200, Measures(""), Here()).is_accepted) << "the normal answer";
  EXPECT_FALSE(ReadMeasures(404, Measures(""), Here()).is_accepted);
  EXPECT_FALSE(
      ReadMeasures(200, R"({"app_id": "APP", "recovery_measures": []})", Here()).is_accepted);
  EXPECT_FALSE(ReadMeasures(200, R"({"app_id": "APP", "latest_apk_version": "2.57.0",
    "latest_ccz_version": "5", "recovery_measures": []})",
                            Here())
                   .is_accepted)
      << "the app's is a number";
}

std::string KeysOf(const std::string& id, const std::string& expires = "2025-07-03T10:00:00Z") {
  return "<OpenRosaResponse><auth_keys domain='d' issued='2025-06-03T10:00:00Z'>"
         "<key_record valid='2025-05-04T10:00:00Z' expires='" +
         expires + "'><uuid>" + id + "</uuid><key type='AES256'>" + Base64Of(std::string(32, 'k')) +
         "</key></key_record></auth_keys></OpenRosaResponse>";
}

TEST(Keys, AreRefusedWholeForOneDateInAnotherForm) {
  EXPECT_TRUE(ReadKeys(200, KeysOf("a")).is_accepted);
  EXPECT_EQ(ReadKeys(200, KeysOf("a", "2025-07-03T10:00:00.5Z")).reported_as,
            "bad server response");
  EXPECT_EQ(ReadKeys(401, "").reported_as, "bad credentials");
  EXPECT_EQ(ReadKeys(403, "").reported_as, "insufficient role permission");
  EXPECT_EQ(ReadKeys(200, "<html").reported_as, "bad server response");
}

TEST(Keys, ANewPasswordKeepsTheDataAndANewIdLosesIt) {
  KeyStore store;
  const auto read = ReadKeys(200, KeysOf("a"));
  EXPECT_EQ(store.Take("u", "old", read), KeyChange::kNew);
  EXPECT_EQ(store.Take("u", "old", read), KeyChange::kSame);
  EXPECT_EQ(store.Take("u", "new", read), KeyChange::kRewritten);
  EXPECT_EQ(store.Of("u").size(), 1u);
  EXPECT_EQ(store.Take("u", "new", ReadKeys(200, KeysOf("b"))), KeyChange::kMoved);
  EXPECT_EQ(store.Of("u").size(), 1u);
  EXPECT_EQ(store.Take("u", "newer", ReadKeys(200, KeysOf("c"))), KeyChange::kOldUnreachable);
  ASSERT_EQ(store.Of("u").size(), 2u);
  EXPECT_FALSE(store.Of("u")[0].is_active);
}

TEST(Keys, SayWhetherALoginAsksTheServer) {
  KeyStore store;
  const auto before = *ParseDateTime("2025-07-03T10:00:00Z");
  EXPECT_EQ(store.FirstStep("u", "p", false, before), LoginStep::kRestore);
  EXPECT_EQ(store.FirstStep("u", "p", true, before), LoginStep::kAskKeyServer);
  EXPECT_FALSE(store.LetsInOffline("u", "p"));
  store.Take("u", "p", ReadKeys(200, KeysOf("a")));
  EXPECT_EQ(store.FirstStep("u", "p", true, before), LoginStep::kLocal);
  EXPECT_EQ(store.FirstStep("u", "p", true, before + 1), LoginStep::kAskKeyServer);
  EXPECT_EQ(store.FirstStep("u", "q", true, before), LoginStep::kAskKeyServer);
  EXPECT_TRUE(store.LetsInOffline("u", "p")) << "also when it has expired";
  EXPECT_FALSE(store.LetsInOffline("u", "q"));
}

TEST(Claims, AreToldByTheirStatus) {
  EXPECT_TRUE(ReactToPost(204).is_success());
  EXPECT_EQ(ReactToPost(409).string_id, "post.conflict.error");
  EXPECT_EQ(ReactToPost(502).argument, "502");
  EXPECT_EQ(ReactToPost(302).string_id, "post.unknown.response");
  EXPECT_EQ(ReactToPost(0).string_id, "post.unknown.response");
}

TEST(Searches, SendWhatIsNotSentAlready) {
  EXPECT_EQ(QueryAddress("https://h/s/?a=b", {{"x", "1"}},
                         {{"x", {"1"}, false},
                          {"x", {"2"}, false},
                          {"y", {""}, false},
                          {"z", {"3"}, true},
                          {"w", {}, false}}),
            "https://h/s/?a=b&x=1&x=2&y=");
  EXPECT_EQ(DateRange("2020-02-15 to tomorrow"), "2020-02-15 to tomorrow");
  EXPECT_EQ(ReactToQuery(500, "<a><b/></a>"), "query.response.format.error");
}

}  // namespace
}  // namespace outpost::phones
