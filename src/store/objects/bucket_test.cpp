#include "store/objects/bucket.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "base/problem.h"
#include "http/outgoing/testing/relay.h"
#include "store/objects/testing/object_server.h"

namespace outpost::objects {
namespace {

using http_testing::Relay;
using objects_testing::ObjectServer;
using objects_testing::ObjectServerPlan;
using std::chrono::milliseconds;

constexpr std::size_t kAnyBytes = 64u << 20;

class BucketTest : public ::testing::Test {
 protected:
  BucketPlace PlaceAt(const std::string& endpoint) const {
    return {endpoint, plan_.region, plan_.bucket, true, {}};
  }
  BucketOptions Options() {
    BucketOptions options;
    options.credentials = [this] { return credentials_; };
    options.first_pause = milliseconds(5);
    options.stall_time = std::chrono::seconds(1);
    return options;
  }
  /// What it threw; fails when it threw nothing.
  template <class Action>
  Problem ProblemOf(const Action& action) {
    try {
      action();
    } catch (const Problem& problem) {
      EXPECT_EQ(std::string(problem.told()).find(plan_.secret_key), std::string::npos);
      return problem;
    }
    ADD_FAILURE() << "nothing was wrong";
    return {ProblemKind::kInternal, ""};
  }
  static bool Holds(const Problem& problem, std::string_view text) {
    return std::string_view(problem.told()).find(text) != std::string_view::npos;
  }

  ObjectServerPlan plan_;
  ObjectServer server_{plan_};
  Credentials credentials_{plan_.access_key, plan_.secret_key, {}, "the test"};
  SystemClock clock_;
  Bucket bucket_{PlaceAt(server_.endpoint()), Options(), clock_};
};

TEST_F(BucketTest, WhatIsPutIsThereWholeAndCanBeTakenAway) {
  const std::string large(3'000'000, 'x');
  bucket_.Put("a/b c+d/é", large);
  EXPECT_EQ(server_.objects().at("a/b c+d/é"), large);
  EXPECT_EQ(bucket_.Get("a/b c+d/é", kAnyBytes), large);
  EXPECT_TRUE(bucket_.Has("a/b c+d/é"));
  bucket_.Put("a/b c+d/é", "");
  EXPECT_EQ(bucket_.Get("a/b c+d/é", kAnyBytes), "");
  bucket_.Remove("a/b c+d/é");
  bucket_.Remove("a/b c+d/é");
  EXPECT_FALSE(bucket_.Has("a/b c+d/é"));
  EXPECT_EQ(ProblemOf([&] { bucket_.Get("a", kAnyBytes); }).kind(), ProblemKind::kNotFound);
}

TEST_F(BucketTest, AnObjectAtTheLimitIsReadAndOneAboveIsNot) {
  server_.Place("a", std::string(1'000, 'a'));
  EXPECT_EQ(bucket_.Get("a", 1'000).size(), 1'000U);
  EXPECT_EQ(ProblemOf([&] { bucket_.Get("a", 999); }).kind(), ProblemKind::kTooLarge);
}

TEST_F(BucketTest, AListIsReadToItsLastPage) {
  ObjectServerPlan plan;
  plan.page_objects = 7;
  ObjectServer server(plan);
  for (int i = 0; i < 50; ++i) server.Place("p/" + std::to_string(i) + " &+", "x");
  server.Place("other", "x");
  Bucket bucket(PlaceAt(server.endpoint()), Options(), clock_);
  std::vector<std::string> keys;
  bucket.List("p/", [&](ListedObject&& object) { keys.push_back(object.key); });
  EXPECT_EQ(keys.size(), 50U);
  EXPECT_EQ(keys.front(), "p/0 &+");
  EXPECT_EQ(server.requests(), 8);
  keys.clear();
  bucket.List("nothing/", [&](ListedObject&& object) { keys.push_back(object.key); });
  EXPECT_TRUE(keys.empty());
}

TEST_F(BucketTest, AListThatDoesNotEndIsGivenUp) {
  server_.AnswerNext(5,
                     "<ListBucketResult><IsTruncated>true</IsTruncated>"
                     "<NextContinuationToken>same</NextContinuationToken></ListBucketResult>");
  const auto problem = ProblemOf([&] { bucket_.List("", [](ListedObject&&) {}); });
  EXPECT_EQ(problem.kind(), ProblemKind::kMalformed);
}

TEST_F(BucketTest, KeysThatWereNotAskedForAreLeftOut) {
  server_.AnswerNext(1,
                     "<ListBucketResult><Contents><Key>../etc</Key><Size>1</Size></Contents>"
                     "<Contents><Key>p/a</Key><Size>1</Size></Contents></ListBucketResult>");
  std::vector<std::string> keys;
  bucket_.List("p/", [&](ListedObject&& object) { keys.push_back(object.key); });
  EXPECT_EQ(keys, std::vector<std::string>{"p/a"});
}

TEST_F(BucketTest, AServerThatIsBusyIsAskedAgain) {
  for (const int status : {500, 502, 503, 429}) {
    server_.RefuseNext(4, status, "SlowDown");
    bucket_.Put("a", std::to_string(status));
    EXPECT_EQ(bucket_.Get("a", kAnyBytes), std::to_string(status));
  }
  server_.RefuseNext(5, 503, "SlowDown");
  const auto before = server_.requests();
  const auto problem = ProblemOf([&] { bucket_.Put("b", "x"); });
  EXPECT_EQ(problem.kind(), ProblemKind::kBusy);
  EXPECT_TRUE(Holds(problem, "SlowDown")) << problem.told();
  EXPECT_EQ(server_.requests() - before, 5);
  EXPECT_FALSE(server_.objects().contains("b"));
}

TEST_F(BucketTest, ARefusalIsNotAskedAgainAndSaysWhichKey) {
  server_.RefuseNext(1, 403, "AccessDenied");
  const auto before = server_.requests();
  const auto problem = ProblemOf([&] { bucket_.Put("a", "x"); });
  EXPECT_EQ(problem.kind(), ProblemKind::kForbidden);
  EXPECT_TRUE(Holds(problem, "AKIDTEST (the test)")) << problem.told();
  EXPECT_EQ(server_.requests() - before, 1);
}

TEST_F(BucketTest, AWrongSecretIsToldWithoutTellingIt) {
  credentials_.secret_key = "another";
  const auto problem = ProblemOf([&] { bucket_.Put("a", "x"); });
  EXPECT_EQ(problem.kind(), ProblemKind::kForbidden);
  EXPECT_TRUE(Holds(problem, "does not belong")) << problem.told();
  EXPECT_FALSE(Holds(problem, "another"));
  credentials_.access_key = "AKIDUNKNOWN";
  EXPECT_TRUE(Holds(ProblemOf([&] { bucket_.Put("a", "x"); }), "Nobody knows"));
  // Keys that were changed meanwhile count at once.
  credentials_ = {plan_.access_key, plan_.secret_key, {}, "the test"};
  bucket_.Put("a", "x");
}

TEST_F(BucketTest, AWrongRegionIsToldWithTheRightOne) {
  auto place = PlaceAt(server_.endpoint());
  place.region = "mars-1";
  Bucket wrong(place, Options(), clock_);
  const auto problem = ProblemOf([&] { wrong.Put("a", "x"); });
  EXPECT_EQ(problem.kind(), ProblemKind::kBadRequest);
  EXPECT_TRUE(Holds(problem, "region=test-1")) << problem.told();
  server_.RefuseNext(1, 301, "PermanentRedirect", "<Region>eu-2</Region>");
  EXPECT_TRUE(Holds(ProblemOf([&] { bucket_.Put("a", "x"); }), "region=eu-2"));
}

TEST_F(BucketTest, ABucketThatIsNotThereIsNamed) {
  auto place = PlaceAt(server_.endpoint());
  place.bucket = "elsewhere";
  Bucket absent(place, Options(), clock_);
  for (int i = 0; i < 3; ++i) {
    const auto problem = ProblemOf([&] {
      if (i == 0) absent.Put("a", "x");
      if (i == 1) absent.Get("a", kAnyBytes);
      if (i == 2) absent.List("", [](ListedObject&&) {});
    });
    EXPECT_EQ(problem.kind(), ProblemKind::kNotFound);
    EXPECT_TRUE(Holds(problem, "no bucket elsewhere")) << problem.told();
  }
}

TEST_F(BucketTest, ClocksThatDifferAreTold) {
  ScriptedClock late(clock_.Now() + 3'600 * kMicrosPerSecond);
  Bucket bucket(PlaceAt(server_.endpoint()), Options(), late);
  EXPECT_TRUE(Holds(ProblemOf([&] { bucket.Put("a", "x"); }), "clocks differ"));
}

TEST_F(BucketTest, AFullBucketIsToldSo) {
  server_.RefuseNext(1, 507, "XMinioStorageFull");
  EXPECT_EQ(ProblemOf([&] { bucket_.Put("a", "x"); }).kind(), ProblemKind::kStorageFull);
}

TEST_F(BucketTest, TemporaryKeysSendTheirToken) {
  ObjectServerPlan plan;
  plan.session_token = "token/of=today";
  ObjectServer server(plan);
  Bucket bucket(PlaceAt(server.endpoint()), Options(), clock_);
  EXPECT_EQ(ProblemOf([&] { bucket.Put("a", "x"); }).kind(), ProblemKind::kForbidden);
  credentials_.session_token = plan.session_token;
  bucket.Put("a", "x");
  EXPECT_EQ(server.objects().size(), 1U);
}

TEST_F(BucketTest, AConnectionThatIsCutLeavesNoHalfObjectAndIsMadeAnew) {
  Relay relay(server_.port());
  Bucket bucket(PlaceAt("http://127.0.0.1:" + std::to_string(relay.port())), Options(), clock_);
  const std::string bytes(2'000'000, 'y');
  for (const std::int64_t after : {0, 200, 700'000, 1'999'000}) {
    relay.Cut();
    relay.CutNextAfter(after);
    const auto key = "k" + std::to_string(after);
    bucket.Put(key, bytes);
    EXPECT_EQ(server_.objects().at(key).size(), bytes.size());
    relay.Cut();
    relay.CutNextAfter(after);
    EXPECT_EQ(bucket.Get(key, kAnyBytes), bytes);
  }
  for (const auto& [key, object] : server_.objects()) EXPECT_EQ(object.size(), bytes.size()) << key;
}

TEST_F(BucketTest, AServerThatIsSilentIsGivenUp) {
  Relay relay(server_.port());
  auto options = Options();
  options.tries = 2;
  Bucket bucket(PlaceAt("http://127.0.0.1:" + std::to_string(relay.port())), options, clock_);
  bucket.Put("a", "x");
  relay.Silence(true);
  const auto started = std::chrono::steady_clock::now();
  EXPECT_EQ(ProblemOf([&] { bucket.Get("a", kAnyBytes); }).kind(), ProblemKind::kBusy);
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(20));
}

TEST_F(BucketTest, AnAnswerThatIsSlowIsWaitedFor) {
  server_.Delay(milliseconds(300));
  bucket_.Put("a", "x");
  EXPECT_EQ(bucket_.Get("a", kAnyBytes), "x");
}

TEST_F(BucketTest, AServerThatIsAwayIsNamed) {
  Relay relay(server_.port());
  relay.TakeAway();
  const auto endpoint = "http://127.0.0.1:" + std::to_string(relay.port());
  Bucket bucket(PlaceAt(endpoint), Options(), clock_);
  const auto problem = ProblemOf([&] { bucket.Put("a", "x"); });
  EXPECT_EQ(problem.kind(), ProblemKind::kBusy);
  EXPECT_TRUE(Holds(problem, endpoint)) << problem.told();
}

TEST_F(BucketTest, WaitingEndsWhenTheServerStops) {
  server_.RefuseNext(1'000, 503, "SlowDown");
  auto options = Options();
  options.tries = 1'000;
  options.first_pause = milliseconds(5'000);
  Bucket bucket(PlaceAt(server_.endpoint()), options, clock_);
  std::thread stopper([&] {
    std::this_thread::sleep_for(milliseconds(200));
    bucket.Interrupt();
  });
  const auto started = std::chrono::steady_clock::now();
  EXPECT_EQ(ProblemOf([&] { bucket.Put("a", "x"); }).kind(), ProblemKind::kPaused);
  stopper.join();
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(3));
  EXPECT_EQ(ProblemOf([&] { bucket.Get("a", kAnyBytes); }).kind(), ProblemKind::kPaused);
}

TEST_F(BucketTest, ALimitOfBytesASecondHolds) {
  auto options = Options();
  options.pacer = std::make_shared<Pacer>(200'000);
  Bucket bucket(PlaceAt(server_.endpoint()), options, clock_);
  const auto started = std::chrono::steady_clock::now();
  bucket.Put("a", std::string(300'000, 'x'));
  const auto took = std::chrono::steady_clock::now() - started;
  EXPECT_GE(took, milliseconds(1'300));
  EXPECT_EQ(server_.objects().at("a").size(), 300'000U);
}

}  // namespace
}  // namespace outpost::objects
