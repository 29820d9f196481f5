#include "operations/loadtest/form_source.h"

#include <gtest/gtest.h>

#include <set>

#include "domain/cases/case_block.h"
#include "domain/forms/form_xml.h"
#include "format/xml/xml.h"

namespace outpost::loadtest {
namespace {

const Instant kNow = *ParseDateTime("2024-05-01T09:30:00.123456Z");

FormPlan PlanWith(std::uint64_t seed) {
  FormPlan plan;
  plan.project = "load";
  plan.host = "127.0.0.1:8000";
  plan.password = "secret";
  plan.users = {{"loadtest-1@load.commcarehq.org", std::string(32, 'a')},
                {"loadtest-2@load.commcarehq.org", std::string(32, 'b')}};
  plan.seed = seed;
  return plan;
}

TEST(FormSource, TheSameSeedGivesTheSameBytesAndAnotherSeedOthers) {
  FormSource one(PlanWith(1)), same(PlanWith(1)), other(PlanWith(2));
  std::string a, b, c;
  for (int i = 0; i < 20; ++i) {
    const auto form = one.Next(kNow, a);
    same.Next(kNow, b);
    other.Next(kNow, c);
    EXPECT_EQ(a, b);
    EXPECT_NE(a, c);
    one.Created(form);
    same.Created(form);
  }
}

TEST(FormSource, FormsAreWellFormedAndSayWhatTheLedgerSays) {
  FormSource source(PlanWith(3));
  std::string request;
  std::set<std::string> ids;
  for (int i = 0; i < 200; ++i) {
    const auto form = source.Next(kNow, request);
    const auto document = xml::Document::Parse(source.last_xml());
    const auto identity = forms::ReadIdentity(document);
    EXPECT_EQ(identity.form_id, TextOf(form.form));
    EXPECT_TRUE(identity.device_id.starts_with(kDevicePrefix)) << identity.device_id;
    EXPECT_TRUE(ids.insert(identity.form_id).second) << "an id came twice";
    const auto found = cases::FindCaseBlocks(document);
    ASSERT_FALSE(found.error);
    ASSERT_EQ(found.blocks.size(), 1u);
    EXPECT_EQ(found.blocks[0].case_id, TextOf(form.case_id));
    EXPECT_EQ(found.blocks[0].has_create, form.is_create);
    EXPECT_TRUE(found.blocks[0].has_update);
    if (form.is_create) source.Created(form);
  }
}

TEST(FormSource, OneInThreeCreatesAndTheSizeIsThatOfRealForms) {
  FormSource source(PlanWith(4));
  std::string request;
  int creates = 0;
  std::size_t bytes = 0;
  constexpr int kForms = 3000;
  for (int i = 0; i < kForms; ++i) {
    const auto form = source.Next(kNow, request);
    if (form.is_create) ++creates;
    if (form.is_create) source.Created(form);
    bytes += source.last_xml().size();
  }
  EXPECT_NEAR(creates, kForms / 3, 120);
  EXPECT_NEAR(static_cast<double>(bytes) / kForms, 1'700, 150);
}

TEST(FormSource, UpdatesChooseOnlyCasesThatTheServerHasAcknowledged) {
  FormSource source(PlanWith(5));
  std::string request;
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(source.Next(kNow, request).is_create);
  const Uuid known{{1, 2, 3}};
  PreparedForm created;
  created.case_id = known;
  source.Created(created);
  for (int i = 0; i < 50; ++i) {
    const auto form = source.Next(kNow, request);
    EXPECT_TRUE(form.is_create || form.case_id == known);
  }
}

TEST(FormSource, WorkersMayKeepToTheirOwnCasesAndSendTheTokenOfTheirPhone) {
  auto plan = PlanWith(5);
  plan.own_cases_only = true;
  FormSource source(plan);
  source.SetToken(1, "token-of-1");
  std::string request;
  auto made = source.NextOf(0, kNow, request);
  source.Created(made);
  EXPECT_EQ(request.find("token-of-1"), std::string::npos);
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(source.NextOf(1, kNow, request).is_create) << "no case of its own yet";
    EXPECT_NE(request.find("X-CommCareHQ-LastSyncToken: token-of-1\r\n\r\n"), std::string::npos);
    const auto form = source.NextOf(0, kNow, request);
    EXPECT_EQ(form.user, 0u);
    EXPECT_TRUE(form.is_create || form.case_id == made.case_id);
  }
}

TEST(FormSource, ARequestLooksAsAPhoneSendsIt) {
  FormSource source(PlanWith(6));
  std::string request;
  source.Next(kNow, request);
  EXPECT_TRUE(request.starts_with("POST /a/load/receiver/secure/"));
  for (const auto* part :
       {"\r\nHost: 127.0.0.1:8000\r\n", "\r\nAuthorization: Basic ",
        "\r\nX-OpenRosa-Version: 3.0\r\n", "\r\nTransfer-Encoding: chunked\r\n",
        "\r\nX-CommCareHQ-LastSyncToken: ", "name=\"xml_submission_file\"; filename=\""}) {
    EXPECT_NE(request.find(part), std::string::npos) << part;
  }
  const auto body_at = request.find("\r\n\r\n") + 4;
  const auto line_end = request.find("\r\n", body_at);
  const auto length = std::stoul(request.substr(body_at, line_end - body_at), nullptr, 16);
  EXPECT_EQ(request.substr(line_end + 2 + length), "\r\n0\r\n\r\n");
}

}  // namespace
}  // namespace outpost::loadtest
