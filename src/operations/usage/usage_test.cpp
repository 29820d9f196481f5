#include "operations/usage/usage.h"

#include <gtest/gtest.h>

#include <numeric>

#include "base/problem.h"
#include "operations/demo/demo.h"
#include "operations/usage/live.h"
#include "store/sql/testing/scratch_database.h"

namespace outpost::usage {
namespace {

class UsageTest : public testing::TestWithParam<sql::Engine> {
 protected:
  void SetUp() override {
    if (!place_.is_available()) GTEST_SKIP() << "PostgreSQL is not installed";
    database_ = sql::Database::Open({place_.location()});
    writer_ = std::make_unique<sql::Writer>(*database_, clock_, metrics_);
    blobs_ = std::make_unique<blobs::BlobStore>(place_.folder() / "blobs");
    directory_ = std::make_unique<projects::Directory>(*database_);
    intake_ = std::make_unique<intake::Intake>(*database_, *writer_, *blobs_, clock_);
    keeper_ = std::make_unique<UsageKeeper>(*database_, *writer_, clock_, paths_);
  }
  void Fill(std::int64_t forms) {
    demo::DemoOptions options;
    options.forms = forms;
    demo::FillDemo(*intake_, *database_, *writer_, *directory_, options);
  }
  Usage Read() { return ReadUsage(*database_, paths_, clock_.Now()); }
  std::int64_t Number(std::string_view sql) {
    const auto reader = database_->Read();
    const auto rows = reader->Query(sql);
    return rows->Next() ? rows->Int(0) : -1;
  }
  static std::int64_t Sum(const Usage& usage, std::int64_t MonthUsage::*field) {
    std::int64_t sum = 0;
    for (const auto& month : usage.months) sum += month.*field;
    return sum;
  }

  sql_testing::ScratchDatabase place_{GetParam()};
  DataPaths paths_{place_.folder()};
  ScriptedClock clock_{*ParseDateTime("2026-03-14T11:00:00Z")};
  MetricRegistry metrics_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<sql::Writer> writer_;
  std::unique_ptr<blobs::BlobStore> blobs_;
  std::unique_ptr<projects::Directory> directory_;
  std::unique_ptr<intake::Intake> intake_;
  std::unique_ptr<UsageKeeper> keeper_;
};

TEST_P(UsageTest, CountsWhatIsStoredInTheMonthsInWhichItWasReceived) {
  Fill(1'500);
  keeper_->CatchUp();
  const auto usage = Read();
  EXPECT_EQ(Sum(usage, &MonthUsage::forms), Number("SELECT COUNT(*) FROM forms"));
  EXPECT_EQ(Sum(usage, &MonthUsage::new_cases), Number("SELECT COUNT(*) FROM cases"));
  EXPECT_EQ(Sum(usage, &MonthUsage::new_cases) + Sum(usage, &MonthUsage::case_changes),
            Number("SELECT COUNT(*) FROM case_transactions"));
  EXPECT_EQ(Sum(usage, &MonthUsage::form_bytes), Number("SELECT SUM(LENGTH(xml)) FROM forms"));
  EXPECT_EQ(usage.months.back().month, 2026 * 12 + 2);
  EXPECT_GE(usage.months.size(), 12u) << "the demo has a year of forms";
  EXPECT_EQ(usage.mobile_workers, 20);
  EXPECT_EQ(usage.projects, 1);
  EXPECT_LE(usage.months.back().workers, 20);
  EXPECT_GT(usage.months.back().workers, 0);
  ASSERT_EQ(usage.apps.size(), 1u);
  EXPECT_EQ(usage.apps[0].project, demo::kProject);
  EXPECT_EQ(usage.apps[0].forms, 1'500);
  EXPECT_EQ(usage.apps[0].first_at.micros, Number("SELECT MIN(received_on) FROM forms"));
  EXPECT_EQ(usage.apps[0].last_at.micros, Number("SELECT MAX(received_on) FROM forms"));
  EXPECT_GT(usage.case_bytes, 100);
  EXPECT_GT(usage.database_bytes, 100'000);
}

TEST_P(UsageTest, CountsEachChangeOnceHoweverOftenItIsAskedAndByWhom) {
  Fill(300);
  keeper_->CatchUp();
  Fill(700);
  UsageKeeper another(*database_, *writer_, clock_, paths_);
  another.CatchUp();
  keeper_->CatchUp();
  EXPECT_EQ(Sum(Read(), &MonthUsage::forms), Number("SELECT COUNT(*) FROM forms"));
}

TEST_P(UsageTest, WorkThatIsEndedEarlyGoesOnAtTheNextCall) {
  Fill(900);
  int asked = 0;
  keeper_->CatchUp([&] { return ++asked <= 1; });
  const auto begun = Sum(Read(), &MonthUsage::forms);
  EXPECT_GT(begun, 0);
  EXPECT_LT(begun, 900);
  keeper_->CatchUp();
  EXPECT_EQ(Sum(Read(), &MonthUsage::forms), 900);
}

TEST_P(UsageTest, TheDiskHasOneRowADay) {
  keeper_->SampleDisk();
  clock_.Advance(3'600 * kMicrosPerSecond);
  keeper_->SampleDisk();
  ASSERT_EQ(Read().disk.size(), 1u);
  EXPECT_EQ(Read().disk[0].at, clock_.Now());
  EXPECT_GT(Read().disk[0].capacity_bytes, Read().disk[0].free_bytes);
  clock_.Advance(kMicrosPerDay);
  keeper_->SampleDisk();
  EXPECT_EQ(Read().disk.size(), 2u);
  clock_.Advance(kDiskDaysKept * kMicrosPerDay);
  keeper_->SampleDisk();
  EXPECT_EQ(Read().disk.size(), 2u) << "the oldest went, at the limit one stays";
}

TEST_P(UsageTest, ComesBackFromJsonAsItWas) {
  Fill(50);
  keeper_->CatchUp();
  keeper_->SampleDisk();
  const auto json = JsonOf(Read());
  EXPECT_EQ(JsonOf(UsageOf(json)), json);
  EXPECT_THROW(UsageOf("{}"), Problem);
  EXPECT_THROW(UsageOf("x"), Problem);
}

TEST_P(UsageTest, AServerFillsTheInputsOfTheResourceModel) {
  Fill(1'500);
  keeper_->CatchUp();
  const auto usage = Read();
  const auto inputs = LiveInputsOf(usage);
  EXPECT_TRUE(inputs.are_sizes_measured);
  const auto forms = Sum(usage, &MonthUsage::forms);
  const auto cases = Sum(usage, &MonthUsage::new_cases);
  const auto changes = Sum(usage, &MonthUsage::case_changes);
  const double together = inputs.form_bytes.value * static_cast<double>(forms) +
                          inputs.case_bytes.value * static_cast<double>(cases) +
                          inputs.case_change_bytes.value * static_cast<double>(changes);
  EXPECT_NEAR(together, static_cast<double>(usage.database_bytes), 1.0);
}

INSTANTIATE_TEST_SUITE_P(Engines, UsageTest,
                         testing::Values(sql::Engine::kSqlite, sql::Engine::kPostgresql),
                         [](const auto& test) { return sql_testing::NameOf(test.param); });

TEST(UsageMonth, IsThatOfTheCalendarInUtc) {
  EXPECT_EQ(MonthOf(*ParseDateTime("2026-01-31T23:59:59Z")), 2026 * 12);
  EXPECT_EQ(MonthOf(*ParseDateTime("2026-02-01T00:00:00Z")), 2026 * 12 + 1);
  EXPECT_EQ(MonthOf(*ParseDateTime("1969-12-31T23:59:59Z")), 1969 * 12 + 11);
}

}  // namespace
}  // namespace outpost::usage
