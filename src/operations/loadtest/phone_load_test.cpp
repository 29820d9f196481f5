#include "operations/loadtest/phone_load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <set>

#include "base/text.h"
#include "format/deflate/gzip.h"
#include "operations/loadtest/fill.h"
#include "operations/loadtest/phone_report.h"
#include "operations/loadtest/restore_scan.h"
#include "operations/loadtest/testing/scripted_server.h"
#include "operations/phones/restore_reader.h"

namespace outpost::loadtest {
namespace {

using testing::HasSubstr;

std::string Case(const std::string& id, const std::string& owner) {
  return "<case xmlns=\"http://commcarehq.org/case/transaction/v2\" case_id=\"" + id +
         "\" date_modified=\"2020-01-02T03:04:05.000000Z\"><create><case_type>t</case_type>"
         "<case_name>n</case_name><owner_id>" +
         owner + "</owner_id></create></case>";
}

std::string Document(const std::string& token, const std::string& cases) {
  return "<OpenRosaResponse xmlns=\"http://openrosa.org/http/response\"><message/>"
         "<Sync xmlns=\"http://commcarehq.org/sync\"><restore_id>" +
         token +
         "</restore_id></Sync><Registration><username>u</username><password/><uuid>u1</uuid>"
         "<date>2016-12-12</date></Registration>" +
         cases + "</OpenRosaResponse>";
}

std::string Answer(int status, const std::string& body, const std::string& headers = {}) {
  return "HTTP/1.1 " + std::to_string(status) +
         " x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers + "\r\n" + body;
}

std::string Gzipped(const std::string& text) {
  return Answer(200, deflate::Gzip(text), "Content-Encoding: gzip\r\n");
}

std::string Parameter(const std::string& request, const std::string& name) {
  const auto at = request.find("&" + name + "=");
  if (at == std::string::npos) return {};
  const auto from = at + name.size() + 2;
  return PercentDecode(request.substr(from, request.find_first_of("& ", from) - from));
}

std::string DigestOf(const std::set<std::string>& ids) {
  phones::StateHash hash;
  for (const auto& id : ids) hash.Add(id);
  return hash.Digest();
}

/// Keeps what each user holds, and answers 412 to any other state.
class Phones {
 public:
  std::string operator()(int /*number*/, const std::string& request) {
    const std::scoped_lock lock(mutex_);
    if (request.starts_with("POST ")) return Take(request);
    const auto user = Parameter(request, "user_id");
    auto& held = held_[user];
    if (held.empty()) held = {user + "-1", user + "-2"};
    const auto since = Parameter(request, "since");
    if (since.empty()) {
      ++restores;
      std::string cases;
      for (const auto& id : held) cases += Case(id, "u1");
      return Gzipped(Document("token-" + user, cases));
    }
    ++syncs;
    if (since != "token-" + user || Parameter(request, "state") != "ccsh:" + DigestOf(held)) {
      return Answer(412, "");
    }
    return Answer(200, Document("token-" + user, ""));
  }

  std::string Take(const std::string& request) {
    const auto part = [&](const std::string& before, const std::string& after) {
      const auto from = request.find(before) + before.size();
      return request.substr(from, request.find(after, from) - from);
    };
    ++forms;
    senders.insert(part("<orx:userID>", "<"));
    tokens.insert(part("X-CommCareHQ-LastSyncToken: ", "\r\n"));
    if (request.find("<create>") != std::string::npos) {
      held_[part("<orx:userID>", "<")].insert(part("case_id=\"", "\""));
    }
    return Answer(201, "ok");
  }

  int restores = 0, syncs = 0, forms = 0;
  std::set<std::string> senders, tokens;

 private:
  std::mutex mutex_;
  std::map<std::string, std::set<std::string>> held_;
};

class PhoneLoadTest : public testing::Test {
 protected:
  PhoneLoadOptions OptionsFor(const ScriptedServer& server) {
    PhoneLoadOptions options;
    options.address = "127.0.0.1";
    options.port = server.port();
    options.connections = 3;
    options.form_connections = 2;
    options.duration_micros = 400'000;
    options.forms.project = "load";
    options.forms.password = "secret";
    options.forms.users = {{"a@load", "a"}, {"b@load", "b"}, {"c@load", "c"}, {"d@load", "d"}};
    options.forms.seed = 1;
    options.phones = 3;
    return options;
  }

  std::shared_ptr<Phones> phones_ = std::make_shared<Phones>();
  ScriptedServer::Answer answer_ = [this](int number, const std::string& request) {
    return (*phones_)(number, request);
  };
};

TEST_F(PhoneLoadTest, PhonesRestoreOnceAndThenSyncWithTokenAndState) {
  ScriptedServer server(answer_);
  auto options = OptionsFor(server);
  options.verified_phones = 1;
  auto result = RunPhoneLoad(options, {});
  EXPECT_EQ(phones_->restores, 3);
  EXPECT_EQ(result.restores.answered, 3u);
  EXPECT_EQ(result.cases, 6u);
  EXPECT_GT(result.syncs.answered, 10u);
  EXPECT_EQ(result.refused, 0u);
  EXPECT_EQ(result.with_cases, 0u);
  EXPECT_EQ(result.logins.asked, 0u);
  EXPECT_EQ(result.verified, 1u);
  EXPECT_THAT(result.faults, testing::IsEmpty());
  EXPECT_EQ(result.syncs.wholes.size(), result.syncs.answered);
}

TEST_F(PhoneLoadTest, ARestoreThatPhonesWouldNotKeepOrTakeIsAFault) {
  const std::pair<std::string, std::string> table[] = {
      {Case("c1", "somebody"), "throw away 1 cases"},
      {Case("c1", ""), "no owner"},
      {"<case case_id='c1' date_modified='2020-01-02T03:04:05Z'><create><case_type/><case_name/>"
       "<owner_id>u1</owner_id></create></case>",
       "other cases"}};
  for (const auto& [cases, fault] : table) {
    ScriptedServer server([&](int, const std::string&) { return Gzipped(Document("t", cases)); });
    auto options = OptionsFor(server);
    options.phones = 1;
    options.only_restores = true;
    options.verified_phones = 1;
    auto result = RunPhoneLoad(options, {});
    EXPECT_THAT(result.faults, testing::ElementsAre(HasSubstr(fault)));
    const auto summary = Summarise(result);
    EXPECT_FALSE(Passed(options, result, summary));
  }
}

TEST_F(PhoneLoadTest, FormsOfStrangersAreNothingNewToAnyPhone) {
  ScriptedServer server(answer_);
  auto options = OptionsFor(server);
  options.form_rate = 100;
  options.sync_rate = 100;
  const auto result = RunPhoneLoad(options, {});
  EXPECT_EQ(phones_->senders, std::set<std::string>{"d"});
  EXPECT_NEAR(static_cast<double>(result.forms.answered), 40, 12);
  EXPECT_NEAR(static_cast<double>(result.syncs.answered), 40, 12);
  EXPECT_EQ(result.refused, 0u);
}

TEST_F(PhoneLoadTest, InAMixedLoadAPhoneKnowsTheCasesThatItHasCreated) {
  ScriptedServer server(answer_);
  auto options = OptionsFor(server);
  options.is_mixed = true;
  options.forms.own_cases_only = true;
  options.phones = 4;
  options.form_rate = 200;
  options.first_share = 0.2;
  const auto result = RunPhoneLoad(options, {});
  EXPECT_EQ(phones_->senders.size(), 4u);
  for (const auto& token : phones_->tokens) EXPECT_THAT(token, HasSubstr("token-"));
  EXPECT_GT(result.forms.answered, 20u);
  EXPECT_GT(result.syncs.answered, 20u);
  EXPECT_GT(result.logins.answered, 2u);
  EXPECT_EQ(result.refused, 0u);
  EXPECT_TRUE(result.syncs.errors.empty());
}

TEST_F(PhoneLoadTest, ARefusalWithoutReasonIsCountedAndThePhoneRecovers) {
  int syncs = 0;
  ScriptedServer server([&](int number, const std::string& request) {
    const bool is_sync = !Parameter(request, "since").empty();
    return is_sync && syncs++ == 0 ? Answer(412, "") : (*phones_)(number, request);
  });
  auto result = RunPhoneLoad(OptionsFor(server), {});
  EXPECT_EQ(result.refused, 1u);
  EXPECT_EQ(result.syncs.errors.at("412"), 1u);
  EXPECT_EQ(result.logins.answered, 1u);
  EXPECT_GT(result.syncs.answered, 10u);
  const auto summary = Summarise(result);
  EXPECT_FALSE(Passed(OptionsFor(server), result, summary));
  EXPECT_THAT(TextOf(OptionsFor(server), result, summary), HasSubstr("NOT PASSED"));
}

TEST_F(PhoneLoadTest, APhoneThatLostTheAnswerToAFormStartsAnew) {
  ScriptedServer server([&](int number, const std::string& request) {
    auto answer = (*phones_)(number, request);
    return request.starts_with("POST ") && phones_->forms == 3 ? std::string() : answer;
  });
  auto options = OptionsFor(server);
  options.is_mixed = true;
  options.forms.own_cases_only = true;
  options.phones = 4;
  options.form_rate = 50;
  const auto result = RunPhoneLoad(options, {});
  EXPECT_EQ(result.unsure, 1u);
  EXPECT_EQ(result.forms.errors.at("connection lost"), 1u);
  EXPECT_EQ(result.refused, 0u);
  EXPECT_EQ(result.logins.answered, 1u);
}

TEST_F(PhoneLoadTest, WhatIsPutOffIsAskedForAgain) {
  ScriptedServer server([&](int number, const std::string& request) {
    return number == 0 ? Answer(202, "", "Retry-After: 1\r\n") : (*phones_)(number, request);
  });
  auto options = OptionsFor(server);
  options.only_restores = true;
  const auto result = RunPhoneLoad(options, {});
  EXPECT_EQ(result.restores.pending, 1u);
  EXPECT_EQ(result.restores.answered, 3u);
  EXPECT_EQ(result.syncs.asked, 0u);
  EXPECT_GT(result.restores.elapsed_micros, 900'000);
}

TEST_F(PhoneLoadTest, ARestoreThatFailsIsAskedForThreeTimes) {
  ScriptedServer server([&](int, const std::string&) { return Answer(503, ""); });
  auto options = OptionsFor(server);
  options.phones = 1;
  options.only_restores = true;
  const auto result = RunPhoneLoad(options, {});
  EXPECT_EQ(result.restores.errors.at("503"), 3u);
  EXPECT_EQ(result.restores.answered, 0u);
}

TEST_F(PhoneLoadTest, AThrottledPhoneReadsNoFasterThanItIsToldTo) {
  const auto body = std::string(30'000, ' ') + Document("t", "");
  ScriptedServer server([&](int, const std::string&) { return Answer(200, body); });
  auto options = OptionsFor(server);
  options.phones = 2;
  options.only_restores = true;
  options.bytes_per_second = 40'000;
  const auto result = RunPhoneLoad(options, {});
  EXPECT_EQ(result.restores.answered, 2u);
  EXPECT_GT(result.restores.elapsed_micros, 650'000);
  EXPECT_LT(result.restores.elapsed_micros, 2'500'000);
}

TEST_F(PhoneLoadTest, StopsEarlyWhenTold) {
  ScriptedServer server(answer_);
  auto options = OptionsFor(server);
  options.duration_micros = 60'000'000;
  const auto result = RunPhoneLoad(options, [](const PhoneLoadProgress&) { return false; });
  EXPECT_LT(result.syncs.elapsed_micros, 5'000'000);
}

TEST(RestoreScan, FindsInAnyPiecesWhatReadingTheWholeFinds) {
  std::string cases;
  for (int i = 0; i < 300; ++i) cases += Case("case-" + std::to_string(i), "u1");
  const auto text = Document("t1", cases);
  phones::PhoneStore store;
  ASSERT_TRUE(phones::ApplyRestore(text, store).is_accepted);
  const auto expected = phones::StateDigest(store.cases);
  const auto zipped = deflate::Gzip(text);
  for (const bool is_gzip : {false, true}) {
    for (const std::size_t size : {1u, 7u, 1'000u, 1'000'000u}) {
      RestoreScan scan(ScanDepth::kWhole);
      std::string_view left(is_gzip ? zipped : text);
      while (!left.empty()) {
        scan.Add(left.substr(0, size), is_gzip);
        left.remove_prefix(std::min(size, left.size()));
      }
      EXPECT_EQ(scan.token(), "t1");
      EXPECT_EQ(scan.cases(), 300u) << is_gzip << " " << size;
      EXPECT_EQ(scan.hash().Digest(), expected);
      EXPECT_EQ(scan.text(), text);
    }
  }
}

TEST(RestoreScan, ForTheTokenItReadsNoFurther) {
  RestoreScan scan(ScanDepth::kToken);
  scan.Add(Document("t1", Case("c", "u")), false);
  EXPECT_EQ(scan.token(), "t1");
  EXPECT_EQ(scan.cases(), 0u);
  RestoreScan broken;
  broken.Add("this is no gzip", true);
  EXPECT_TRUE(broken.is_broken());
}

TEST(Fill, TheSameUserGetsTheSameCasesAndAnotherNumberIsAnotherForm) {
  const LoadUser user{"a@load", "a"}, other{"b@load", "b"};
  EXPECT_EQ(FillForm(user, 0, 60), FillForm(user, 0, 60));
  EXPECT_NE(FillForm(user, 0, 60), FillForm(other, 0, 60));
  EXPECT_NE(FillForm(user, 1, 60), FillForm(user, 1, 61).substr(0, FillForm(user, 1, 60).size()));
  const auto count = [](const std::string& form) {
    std::size_t cases = 0;
    for (auto at = form.find("<case "); at != std::string::npos; at = form.find("<case ", at + 1)) {
      ++cases;
    }
    return cases;
  };
  EXPECT_EQ(count(FillForm(user, 0, 60)), 50u);
  EXPECT_EQ(count(FillForm(user, 1, 60)), 10u);
}

TEST(Fill, SendsEachFormUntilItIsTaken) {
  ScriptedServer server([](int number, const std::string&) {
    return number % 3 == 0 ? Answer(503, "") : Answer(201, "");
  });
  FillOptions options{"127.0.0.1", server.port(), 2, {}, 120};
  options.plan.project = "load";
  options.plan.users = {{"a@load", "a"}, {"b@load", "b"}};
  const auto result = RunFill(options, {});
  EXPECT_EQ(result.forms, 6u);
  EXPECT_GT(result.errors.at("503"), 0u);
}

TEST(PhoneReport, PassesOnlyWithoutFalseRefusalsFaultsAndMostlyQuickly) {
  PhoneLoadOptions options;
  PhoneLoadResult good;
  for (auto* part : {&good.restores, &good.syncs}) {
    part->asked = part->answered = 1'000;
    part->elapsed_micros = 2'000'000;
    part->wholes.assign(1'000, 4'000);
    part->first_bytes.assign(1'000, 2'000);
  }
  const auto passes = [&](PhoneLoadResult result) {
    const auto summary = Summarise(result);
    return Passed(options, result, summary);
  };
  EXPECT_TRUE(passes(good));
  const auto summary = Summarise(good);
  EXPECT_DOUBLE_EQ(summary.syncs.per_second, 500);
  EXPECT_DOUBLE_EQ(summary.syncs.whole_p99, 4);
  EXPECT_DOUBLE_EQ(summary.syncs.first_byte_p50, 2);
  EXPECT_THAT(JsonOf(options, good, summary), HasSubstr("\"passed\":true"));

  auto bad = good;
  bad.refused = 1;
  EXPECT_FALSE(passes(bad));
  bad = good;
  bad.faults = {"x"};
  EXPECT_FALSE(passes(bad));
  bad = good;
  bad.forms.errors["503"] = 11;
  bad.forms.answered = 989;
  EXPECT_FALSE(passes(bad)) << "over 1 %";
  bad = good;
  bad.syncs.wholes.assign(1'000, 5'000'001);
  EXPECT_FALSE(passes(bad));
  options.bytes_per_second = 20'000;
  EXPECT_TRUE(passes(bad)) << "a slow phone's own time";
}

}  // namespace
}  // namespace outpost::loadtest
