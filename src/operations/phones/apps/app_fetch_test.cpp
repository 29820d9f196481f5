#include "operations/phones/apps/app_fetch.h"

#include <gtest/gtest.h>

#include <vector>

namespace outpost::phones {
namespace {

using Kind = GetResult::Kind;

constexpr const char* kDate = "Tue, 03 Jun 2025 10:00:00 GMT";

FetchAnswer With(int status, std::string body = {}) {
  FetchAnswer answer;
  answer.kind = FetchAnswer::Kind::kAnswer;
  answer.status = status;
  answer.headers.Set("Date", kDate);
  answer.body = std::move(body);
  return answer;
}

FetchAnswer Moved(int status, const std::string& where) {
  auto answer = With(status);
  answer.headers.Set("Location", where);
  return answer;
}

/// Answers one after the other, the last one for ever; counts.
struct Script {
  std::vector<FetchAnswer> answers;
  std::vector<std::string> asked;
  GetResult Get(const std::string& address = "https://one.example/profile.ccpr") {
    return GetFile(
        [this](const std::string& at, const http::Headers&) {
          const auto index = std::min(asked.size(), answers.size() - 1);
          asked.push_back(at);
          return answers[index];
        },
        address, {});
  }
};

TEST(FetchingAFile, TakesEveryStatusAsPhonesDo) {
  EXPECT_EQ((Script{{With(200, "x")}, {}}.Get().content), "x");
  EXPECT_EQ((Script{{With(206, "x")}, {}}.Get().kind), Kind::kContent);
  EXPECT_EQ((Script{{With(404)}, {}}.Get().kind), Kind::kMissing);
  EXPECT_EQ((Script{{With(503)}, {}}.Get().kind), Kind::kRateLimited);
  Script actionable{{With(406, R"({"error": "some.id", "default_response": "words"})")}, {}};
  EXPECT_EQ(actionable.Get().told, "some.id");
  EXPECT_EQ(actionable.asked.size(), 1u);
}

TEST(FetchingAFile, TriesThreeTimesMoreWhenItFails) {
  Script failing{{With(500)}, {}};
  EXPECT_EQ(failing.Get().kind, Kind::kFailed);
  EXPECT_EQ(failing.asked.size(), 4u);
  Script late{{With(500), FetchAnswer{}, With(418), With(200, "x")}, {}};
  EXPECT_EQ(late.Get().content, "x");
}

TEST(FetchingAFile, FollowsRedirectsButNotFromASecureServerToAnotherHost) {
  Script same{{Moved(301, "https://one.example:8443/p"), With(200, "x")}, {}};
  EXPECT_EQ(same.Get().content, "x");
  EXPECT_EQ(same.asked.back(), "https://one.example:8443/p");
  Script other{{Moved(301, "https://two.example/p"), With(200, "x")}, {}};
  EXPECT_EQ(other.Get().kind, Kind::kCaptivePortal);
  Script found{{Moved(302, "https://two.example/p"), With(200, "x")}, {}};
  EXPECT_EQ(found.Get().content, "x");
  Script plain{{Moved(301, "http://two.example/p"), With(200, "x")}, {}};
  EXPECT_EQ(plain.Get("http://one.example/p").content, "x");
  Script relative{{Moved(302, "/p?a=b"), With(200, "x")}, {}};
  relative.Get();
  EXPECT_EQ(relative.asked.back(), "https://one.example/p?a=b");
  Script endless{{Moved(302, "/p")}, {}};
  EXPECT_EQ(endless.Get().kind, Kind::kFailed);
}

TEST(FetchingAFile, BreaksOffOnAnAnswerWithoutDate) {
  FetchAnswer undated;
  undated.kind = FetchAnswer::Kind::kAnswer;
  undated.status = 200;
  EXPECT_EQ((Script{{undated}, {}}.Get().kind), Kind::kCrash);
}

TEST(DateOfRelease, IsReadInOneFormOnly) {
  EXPECT_TRUE(IsReadableRelease("2025-06-03T10:00:00+00:00"));
  EXPECT_TRUE(IsReadableRelease("2025-06-03T10:00:00+0200"));
  EXPECT_FALSE(IsReadableRelease("2025-06-03T10:00:00Z"));
  EXPECT_FALSE(IsReadableRelease("2025-06-03T10:00:00.5+00:00"));
  EXPECT_FALSE(IsReadableRelease("2025-06-03 10:00:00+00:00"));
  EXPECT_FALSE(IsReadableRelease("2025-06-03T10:00:00"));
  EXPECT_FALSE(IsReadableRelease(""));
  auto bad = With(200, "x");
  bad.headers.Set("X-CommCareHQ-AppReleasedOn", "2025-06-03T10:00:00Z");
  EXPECT_EQ((Script{{bad}, {}}.Get().kind), Kind::kUnusableHeader);
}

TEST(RequestAge, IsToldInSteps) {
  EXPECT_EQ(AgeName(0), "lt_10");
  EXPECT_EQ(AgeName(10 * kMicrosPerDay - 1), "lt_10");
  EXPECT_EQ(AgeName(10 * kMicrosPerDay), "lt_30");
  EXPECT_EQ(AgeName(149 * kMicrosPerDay), "lt_150");
  EXPECT_EQ(AgeName(150 * kMicrosPerDay), "gt_150");
}

}  // namespace
}  // namespace outpost::phones
