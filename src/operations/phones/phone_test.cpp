#include "operations/phones/phone.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "operations/phones/state_hash.h"

namespace outpost::phones {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kDate = "Wed, 01 May 2024 09:30:00 GMT";

Answer Plain(int status, std::string body = {}) {
  Answer answer{status, {}, std::move(body)};
  answer.headers.Add("Date", kDate);
  return answer;
}

Answer Restore(const std::string& token, const std::string& more = {}) {
  return Plain(200,
               "<OpenRosaResponse xmlns='http://openrosa.org/http/response'>"
               "<Sync xmlns='http://commcarehq.org/sync'><restore_id>" +
                   token +
                   "</restore_id></Sync><Registration><username>jane</username><password/>"
                   "<uuid>u1</uuid><date>2016-12-12</date></Registration>" +
                   more + "</OpenRosaResponse>");
}

std::string NewCase(const std::string& id, const std::string& owner = "u1") {
  return "<case case_id='" + id +
         "' date_modified='2020-01-01T00:00:00Z'><create><case_type>t"
         "</case_type><case_name>n</case_name><owner_id>" +
         owner + "</owner_id></create></case>";
}

std::string Index(const std::string& from, const std::string& to) {
  return "<case case_id='" + from +
         "' date_modified='2020-01-01T00:00:00Z'><index><p case_type='t'>" + to +
         "</p></index></case>";
}

std::string Refusal() {
  return "<OpenRosaResponse xmlns='http://openrosa.org/http/response'><message "
         "nature='processing_failure'>no good</message></OpenRosaResponse>";
}

/// Answers as it was told, one after another; none: lost.
class Scripted final : public Exchange {
 public:
  std::optional<Answer> Send(const Request& request) override {
    asked.push_back(request);
    if (answers.empty()) return std::nullopt;
    auto answer = std::move(answers.front());
    answers.pop_front();
    return answer;
  }
  std::pair<std::optional<Answer>, std::optional<Answer>> SendDuring(
      const Request& request, const Request& meanwhile) override {
    auto first = Send(request);
    return {std::move(first), Send(meanwhile)};
  }

  std::deque<std::optional<Answer>> answers;
  std::vector<Request> asked;
};

class PhoneTest : public testing::Test {
 protected:
  SyncOutcome LogIn(const std::string& more = {}) {
    server.answers.push_back(Restore("t1", more));
    return phone.LoginPull();
  }
  void FillCreate(const std::string& form_id, const std::string& case_id) {
    auto form = phone.NewForm(form_id);
    form.changes.push_back({.case_id = case_id, .create = {{"t", "n", {}}}});
    EXPECT_EQ(phone.Fill(std::move(form)), std::nullopt);
  }
  const std::string& last_target() const { return server.asked.back().target; }

  Scripted server;
  ScriptedClock clock{*ParseDateTime("2024-05-01T09:29:00Z")};
  std::vector<std::int64_t> waits;
  Phone phone{{"demo", "jane@demo.example.org", "pw", "dev1", "", Keep::kEverything},
              {server, clock, [this](std::int64_t seconds) { waits.push_back(seconds); }}};
};

TEST_F(PhoneTest, ALoginPullHasNeitherTokenNorState) {
  EXPECT_EQ(LogIn(NewCase("c1")).result, SyncResult::kDone);
  EXPECT_EQ(last_target(), "/a/demo/phone/restore/?version=2.0&device_id=dev1&items=true");
  EXPECT_EQ(server.asked[0].headers.Find("Authorization"),
            "Basic " + Base64Of("jane@demo.example.org:pw"));
  EXPECT_EQ(server.asked[0].headers.Find("X-OpenRosa-Version"), "3.0");
  LogIn();
  EXPECT_THAT(last_target(), HasSubstr("user_id=u1"));
  EXPECT_THAT(last_target(), Not(HasSubstr("since")));
  EXPECT_THAT(last_target(), Not(HasSubstr("state")));
}

TEST_F(PhoneTest, ASyncPurgesFirstAndSendsTokenAndHash) {
  LogIn(NewCase("c1") + NewCase("c2", "somebody"));
  server.answers.push_back(Restore("t2"));
  const auto outcome = phone.Sync();
  EXPECT_EQ(outcome.result, SyncResult::kDone);
  EXPECT_EQ(outcome.purged, std::vector<std::string>{"c2"});
  StateHash hash;
  hash.Add("c1");
  EXPECT_THAT(last_target(), HasSubstr("&since=t1&state=ccsh%3A" + hash.Digest() + "&items=true"));
  EXPECT_EQ(server.asked.back().headers.Find("X-CommCareHQ-LastSyncToken"), "t1");
  EXPECT_EQ(phone.store().sync_token, "t2");
}

TEST_F(PhoneTest, APhoneWithoutCasesSendsAnEmptyDigest) {
  LogIn();
  server.answers.push_back(Restore("t2"));
  phone.Sync();
  EXPECT_THAT(last_target(), HasSubstr("state=ccsh%3A&"));
}

TEST_F(PhoneTest, A202IsAskedAgainAfterTheTimeItNames) {
  auto pending = Plain(202,
                       "<OpenRosaResponse><message>m</message><Sync><progress done='1' total='9'/>"
                       "</Sync></OpenRosaResponse>");
  pending.headers.Add("Retry-After", "5");
  server.answers = {pending, pending};
  const auto outcome = LogIn();
  EXPECT_EQ(outcome.result, SyncResult::kDone);
  EXPECT_EQ(outcome.pending.size(), 2u);
  EXPECT_EQ(waits, (std::vector<std::int64_t>{5, 5}));
  EXPECT_EQ(server.asked[0].target, server.asked[2].target);
}

TEST_F(PhoneTest, A202WithoutAPositiveNumberOfSecondsIsBadData) {
  for (const char* seconds : {"", "0", "Wed, 01 May 2024 09:30:00 GMT", "1.5"}) {
    auto pending = Plain(202,
                         "<OpenRosaResponse><message>m</message><Sync><progress done='1' "
                         "total='9'/></Sync></OpenRosaResponse>");
    pending.headers.Add("Retry-After", seconds);
    server.answers = {pending};
    EXPECT_EQ(phone.LoginPull().result, SyncResult::kBadData) << seconds;
  }
  EXPECT_TRUE(waits.empty());
}

TEST_F(PhoneTest, EachStatusHasItsMeaningAndLosesNothing) {
  LogIn(NewCase("c1"));
  const std::pair<int, SyncResult> table[] = {
      {401, SyncResult::kPasswordChanged}, {403, SyncResult::kUnknownFailure},
      {404, SyncResult::kUnknownFailure},  {406, SyncResult::kActionable},
      {429, SyncResult::kUnavailable},     {500, SyncResult::kServerError},
      {503, SyncResult::kUnavailable}};
  for (const auto& [status, result] : table) {
    server.answers = {Plain(status, "{\"error\": \"user.gone\", \"default_response\": \"Gone.\"}")};
    const auto outcome = phone.Sync();
    EXPECT_EQ(outcome.result, result) << status;
    EXPECT_EQ(outcome.status, status);
    if (status == 406) {
      EXPECT_EQ(outcome.why, "Gone.");
    }
    EXPECT_TRUE(server.answers.empty());
  }
  EXPECT_EQ(phone.Sync().result, SyncResult::kLost);
  EXPECT_EQ(phone.store().sync_token, "t1");
  EXPECT_TRUE(phone.store().cases.contains("c1"));
}

TEST_F(PhoneTest, AnAnswerWithoutDateIsAFailureAndOneWithItTellsTheDrift) {
  LogIn();
  EXPECT_EQ(phone.drift_micros(), 60 * kMicrosPerSecond);
  auto dateless = Restore("t2");
  dateless.headers = {};
  server.answers = {dateless};
  EXPECT_EQ(phone.Sync().result, SyncResult::kUnknownFailure);
  EXPECT_EQ(phone.store().sync_token, "t1");
}

TEST_F(PhoneTest, After412ItAsksWithoutTokenAndStartsFromThat) {
  LogIn(NewCase("c1"));
  FillCreate("f1", "mine");
  server.answers = {Plain(412), Restore("t9", NewCase("c2"))};
  const auto outcome = phone.Sync();
  EXPECT_EQ(outcome.result, SyncResult::kRecovered);
  EXPECT_TRUE(outcome.was_412);
  EXPECT_EQ(last_target(),
            "/a/demo/phone/restore/?version=2.0&device_id=dev1&user_id=u1&items=true");
  EXPECT_EQ(phone.store().cases.size(), 1u);
  EXPECT_TRUE(phone.store().cases.contains("c2"));
  EXPECT_EQ(phone.store().sync_token, "t9");
  EXPECT_EQ(phone.queue().size(), 1u) << "unsent forms stay";
}

TEST_F(PhoneTest, ARecoveryThatFailsLeavesEverythingAsItWas) {
  LogIn(NewCase("c1"));
  for (const auto& second : {Plain(412), Plain(503), Restore("t9", NewCase(""))}) {
    server.answers = {Plain(412), second};
    EXPECT_EQ(phone.Sync().result, SyncResult::kRecoveryFailed);
    EXPECT_EQ(phone.store().sync_token, "t1");
    EXPECT_TRUE(phone.store().cases.contains("c1"));
  }
}

TEST_F(PhoneTest, ARingOfCasesIsRecoveredFromWithoutASync) {
  LogIn(NewCase("c1") + NewCase("c2") + Index("c1", "c2") + Index("c2", "c1"));
  server.answers = {Restore("t2", NewCase("c1"))};
  const auto outcome = phone.Sync();
  EXPECT_TRUE(outcome.had_cycle);
  EXPECT_FALSE(outcome.was_412);
  EXPECT_EQ(outcome.result, SyncResult::kRecovered);
  EXPECT_EQ(phone.store().cases.size(), 1u);
}

TEST_F(PhoneTest, ABadPayloadRollsTheWholeSyncBack) {
  LogIn(NewCase("c1"));
  server.answers = {Restore("t2", NewCase("c2") + NewCase("c3", ""))};
  const auto outcome = phone.Sync();
  EXPECT_EQ(outcome.result, SyncResult::kBadData);
  EXPECT_THAT(outcome.why, HasSubstr("no owner"));
  EXPECT_EQ(phone.store().sync_token, "t1");
  EXPECT_EQ(phone.store().cases.size(), 1u);
}

TEST_F(PhoneTest, FormsGoOutOldestFirstWithTheTokenOfTheMoment) {
  LogIn();
  FillCreate("f1", "a");
  FillCreate("f2", "b");
  EXPECT_TRUE(phone.store().cases.contains("a"));
  server.answers = {Plain(201), Plain(200)};
  const auto outcome = phone.SendForms();
  EXPECT_EQ(outcome.result, SendResult::kAllSent);
  EXPECT_EQ(outcome.sent, (std::vector<std::string>{"f1", "f2"}));
  EXPECT_TRUE(phone.queue().empty());
  const auto& request = server.asked[1];
  EXPECT_EQ(request.target, "/a/demo/receiver/secure/");
  EXPECT_EQ(request.headers.Find("X-CommCareHQ-LastSyncToken"), "t1");
  EXPECT_THAT(request.body, HasSubstr("<orx:instanceID>f1</orx:instanceID>"));
  EXPECT_THAT(request.body, HasSubstr("<case_name>n</case_name>"));
}

TEST_F(PhoneTest, AfterALostAnswerTheSameBytesAreSentAgain) {
  LogIn();
  FillCreate("f1", "a");
  EXPECT_EQ(phone.SendForms().result, SendResult::kLost);
  server.answers = {Plain(201)};
  clock.Advance(kMicrosPerSecond);
  EXPECT_EQ(phone.SendForms().result, SendResult::kAllSent);
  EXPECT_EQ(server.asked[1].body, server.asked[2].body);
}

TEST_F(PhoneTest, ARefusedFormIsQuarantinedAndTheNextOneGoesOn) {
  LogIn();
  FillCreate("f1", "a");
  FillCreate("f2", "b");
  server.answers = {Plain(422, Refusal()), Plain(201)};
  EXPECT_EQ(phone.SendForms().sent, std::vector<std::string>{"f2"});
  ASSERT_EQ(phone.quarantine().size(), 1u);
  EXPECT_EQ(phone.quarantine()[0].why, "no good");
  EXPECT_TRUE(phone.queue().empty());
}

TEST_F(PhoneTest, EveryOtherAnswerStopsTheRunAndKeepsTheForm) {
  LogIn();
  FillCreate("f1", "a");
  struct Row {
    int status;
    std::size_t requests;
    SendResult result;
  };
  for (const auto& row : {Row{401, 2, SendResult::kStopped}, Row{406, 1, SendResult::kStopped},
                          Row{422, 2, SendResult::kStopped}, Row{423, 2, SendResult::kStopped},
                          Row{429, 1, SendResult::kRateLimited}, Row{500, 2, SendResult::kStopped},
                          Row{503, 1, SendResult::kRateLimited}}) {
    server.answers = {Plain(row.status, "x"), Plain(row.status, "x"), Plain(201)};
    const auto before = server.asked.size();
    EXPECT_EQ(phone.SendForms().result, row.result) << row.status;
    EXPECT_EQ(server.asked.size() - before, row.requests) << row.status;
    EXPECT_EQ(phone.queue().size(), 1u);
  }
}

TEST_F(PhoneTest, AFormSentDuringASyncIsFilledAfterTheHashWasMade) {
  LogIn(NewCase("c1"));
  const auto expected = StateParameter(phone.store().cases);
  auto form = phone.NewForm("f1");
  form.changes.push_back({.case_id = "new", .create = {{"t", "n", {}}}});
  server.answers = {Restore("t2"), Plain(201)};
  const auto [outcome, sent] = phone.SyncDuring(form);
  EXPECT_EQ(outcome.result, SyncResult::kDone);
  EXPECT_THAT(server.asked[1].target, HasSubstr(PercentEncode(expected)));
  EXPECT_EQ(server.asked[2].headers.Find("X-CommCareHQ-LastSyncToken"), "t1");
  EXPECT_TRUE(phone.queue().empty());
  EXPECT_TRUE(phone.store().cases.contains("new"));
}

TEST_F(PhoneTest, WhatAPhoneDoesNotAllowChangesNothing) {
  LogIn(NewCase("c1"));
  const auto before = phone.store().cases;
  auto form = phone.NewForm("f1");
  form.changes.push_back({.case_id = "c1", .properties = {{"a", "1"}}});
  form.changes.push_back({.case_id = "not here", .closes = true});
  EXPECT_TRUE(phone.Fill(form).has_value());
  form.changes = {{.case_id = "c1", .indices = {{"p", "c1", "t", false}}}};
  EXPECT_TRUE(phone.Fill(form).has_value());
  EXPECT_EQ(phone.store().cases, before);
  EXPECT_TRUE(phone.queue().empty());
}

}  // namespace
}  // namespace outpost::phones
