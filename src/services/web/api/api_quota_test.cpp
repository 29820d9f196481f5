#include "services/web/api/api_quota.h"

#include <gtest/gtest.h>

#include "base/problem.h"
#include "domain/people/testing/people_world.h"

namespace outpost::web {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

class ApiQuotaTest : public testing::Test {
 protected:
  std::int64_t Ask(ApiQuota& quota, std::int64_t project, std::int64_t now) {
    return quota.Ask(*world_.database->Read(), project, now);
  }
  int CallsAt(ApiQuota& quota, std::int64_t project, std::int64_t now) {
    int calls = 0;
    while (calls < 1'000 && Ask(quota, project, now) == 0) ++calls;
    return calls;
  }

  sql_testing::ScratchDatabase scratch_{sql::Engine::kSqlite};
  people_testing::PeopleWorld world_{scratch_};
  projects::Project one_ = world_.AddProject("one");
  projects::Project two_ = world_.AddProject("two");
};

TEST_F(ApiQuotaTest, OneCallASecondWithoutWorkersAndWhenToComeAgain) {
  ApiQuota quota(kStandardQuota);
  EXPECT_EQ(CallsAt(quota, one_.row, 10 * kSecond), 1);
  const auto wait = Ask(quota, one_.row, 10 * kSecond);
  EXPECT_GE(wait, 1);
  EXPECT_LE(wait, 2);
  EXPECT_EQ(Ask(quota, one_.row, (10 + wait) * kSecond), 0);
}

TEST_F(ApiQuotaTest, OneProjectsCallsAreNotAnothers) {
  ApiQuota quota(kStandardQuota);
  CallsAt(quota, one_.row, 10 * kSecond);
  EXPECT_EQ(Ask(quota, two_.row, 10 * kSecond), 0);
}

TEST_F(ApiQuotaTest, EveryWorkerAddsToTheQuota) {
  for (int i = 0; i < 10; ++i) world_.AddWorker(one_, "w" + std::to_string(i));
  ApiQuota quota(kStandardQuota);
  EXPECT_GE(CallsAt(quota, one_.row, 10 * kSecond), 3);
}

TEST_F(ApiQuotaTest, OffLimitsNobody) {
  ApiQuota quota(ParseQuota("off"));
  EXPECT_EQ(CallsAt(quota, one_.row, 10 * kSecond), 1'000);
  EXPECT_THROW(ParseQuota("none"), Problem);
}

}  // namespace
}  // namespace outpost::web
