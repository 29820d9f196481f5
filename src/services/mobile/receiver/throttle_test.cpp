#include "services/mobile/receiver/throttle.h"

#include <gtest/gtest.h>

#include <condition_variable>

#include "base/clock.h"
#include "base/problem.h"
#include "store/sql/testing/scratch_database.h"
#include "store/sql/testing/store_rig.h"

namespace outpost::mobile {
namespace {

/// What became of submissions, also of those that are decided on another thread.
class Fates {
 public:
  void Put(const std::string& fate) {
    const std::lock_guard lock(mutex_);
    fates_.push_back(fate);
    threads_.push_back(std::this_thread::get_id());
    changed_.notify_all();
  }
  std::vector<std::string> Await(std::size_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(
        changed_.wait_for(lock, std::chrono::seconds(30), [&] { return fates_.size() >= count; }));
    return fates_;
  }
  std::size_t count() {
    const std::lock_guard lock(mutex_);
    return fates_.size();
  }
  std::thread::id last_thread() {
    const std::lock_guard lock(mutex_);
    return threads_.back();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> fates_;
  std::vector<std::thread::id> threads_;
};

/// Nothing is free but what a project may send: two in the given window.
intake::RateTables TwoPer(std::size_t window) {
  intake::RateTables tables{};
  tables.forms.per_worker[window] = 0.0;
  tables.forms.per_project[window] = 2.0;
  tables.forms.global[window] = 0.0;
  return tables;
}

class ThrottleTest : public testing::Test {
 protected:
  static projects::Project ProjectOf(std::int64_t row) {
    projects::Project project;
    project.row = row;
    return project;
  }
  void Enter(Throttle& throttle, const projects::Project& project) {
    throttle.Enter(
        project, [this] { fates.Put("go"); },
        [this](std::int64_t seconds) { fates.Put("refused for " + std::to_string(seconds)); });
  }

  sql_testing::ScratchDatabase place{sql::Engine::kSqlite};
  sql_testing::StoreRig rig{sql::DatabaseOptions{place.location()}};
  Fates fates;
};

TEST_F(ThrottleTest, LetsEverybodyInWhereNothingIsLimited) {
  Throttle throttle(*rig.database, rig.metrics, false, TwoPer(4));
  for (int i = 0; i < 10; ++i) Enter(throttle, ProjectOf(1));
  EXPECT_EQ(fates.count(), 10u);
}

TEST_F(ThrottleTest, RefusesAtOnceWhatWouldWaitTooLong) {
  Throttle throttle(*rig.database, rig.metrics, true, TwoPer(2));
  const auto started = SteadyMicros();
  for (int i = 0; i < 3; ++i) Enter(throttle, ProjectOf(1));
  EXPECT_LT(SteadyMicros() - started, 5'000'000);
  const auto got = fates.Await(3);
  EXPECT_EQ(got[0], "go");
  EXPECT_EQ(got[1], "go");
  EXPECT_TRUE(got[2] == "refused for 3600" || got[2] == "refused for 3601") << got[2];
}

TEST_F(ThrottleTest, WaitsForASlotWithoutHoldingTheThreadThatCame) {
  Throttle throttle(*rig.database, rig.metrics, true, TwoPer(0));
  const auto started = SteadyMicros();
  for (int i = 0; i < 3; ++i) Enter(throttle, ProjectOf(1));
  EXPECT_EQ(fates.count(), 2u) << "the third must wait, but not here";
  const auto got = fates.Await(3);
  EXPECT_EQ(got[2], "go");
  EXPECT_GT(SteadyMicros() - started, 100'000);
  EXPECT_NE(fates.last_thread(), std::this_thread::get_id());
}

TEST_F(ThrottleTest, AProjectMayBeLimitedOrExemptOnItsOwn) {
  auto limited = ProjectOf(1);
  limited.settings.limits_submissions = true;
  Throttle off(*rig.database, rig.metrics, false, TwoPer(2));
  for (int i = 0; i < 3; ++i) Enter(off, limited);
  EXPECT_TRUE(fates.Await(3)[2].starts_with("refused"));
  auto exempt = ProjectOf(2);
  exempt.settings.is_exempt_from_rate_limits = true;
  exempt.settings.limits_submissions = true;
  Throttle standard(*rig.database, rig.metrics, true, TwoPer(2));
  for (int i = 0; i < 5; ++i) Enter(standard, exempt);
  EXPECT_EQ(fates.Await(8)[7], "go");
}

TEST_F(ThrottleTest, CaseUpdatesHoldTheNextFormBack) {
  auto tables = TwoPer(2);
  std::swap(tables.forms, tables.case_updates);
  Throttle throttle(*rig.database, rig.metrics, true, tables);
  Enter(throttle, ProjectOf(1));
  throttle.CountCases(ProjectOf(1), 2);
  Enter(throttle, ProjectOf(1));
  EXPECT_TRUE(fates.Await(2)[1].starts_with("refused"));
}

TEST_F(ThrottleTest, WhatFailsInsideKeepsNoFormOut) {
  Throttle throttle(*rig.database, rig.metrics, true, TwoPer(2));
  rig.writer->Run(0, [](sql::Batch& batch) { batch.connection().Execute("DROP TABLE accounts"); });
  for (int i = 0; i < 5; ++i) Enter(throttle, ProjectOf(1));
  EXPECT_EQ(fates.Await(5), std::vector<std::string>(5, "go"));
}

TEST_F(ThrottleTest, StopForgetsWhatWaits) {
  Throttle throttle(*rig.database, rig.metrics, true, TwoPer(0));
  for (int i = 0; i < 30; ++i) Enter(throttle, ProjectOf(1));
  throttle.Stop();
  const auto told = fates.count();
  EXPECT_GE(told, 2u);
  EXPECT_LT(told, 30u);
}

TEST(SubmissionLimits, AreOffOrStandard) {
  EXPECT_FALSE(ParseSubmissionLimits("off"));
  EXPECT_TRUE(ParseSubmissionLimits("standard"));
  EXPECT_THROW(ParseSubmissionLimits("on"), Problem);
}

}  // namespace
}  // namespace outpost::mobile
