#include "operations/usage/live.h"

#include <gtest/gtest.h>

#include "base/problem.h"
#include "transition/sizing/read_config.h"

namespace outpost::usage {
namespace {

/// `people` in the last full months, oldest first; today's month has begun.
Usage UsageWith(const std::vector<std::int64_t>& people, std::int64_t forms_each = 10) {
  Usage usage;
  usage.at = *ParseDate("2026-06-10");
  const int today = MonthOf(usage.at);
  const auto full = static_cast<int>(people.size());
  for (int i = 0; i < full; ++i) {
    auto& month = usage.months.emplace_back();
    month.month = today - full + i;
    month.workers = people[static_cast<std::size_t>(i)];
    month.forms = month.workers * forms_each;
    month.form_bytes = month.forms * 500;
    month.new_cases = month.forms / 2;
    month.case_changes = month.forms;
  }
  usage.months.emplace_back().month = today;
  usage.case_bytes = 300;
  usage.case_change_bytes = 50;
  usage.database_bytes = 100'000'000;
  usage.cores = 4;
  usage.memory_bytes = 16'000'000'000;
  return usage;
}

void AddDisk(Usage& usage, int days, double gigabytes_a_day) {
  constexpr std::int64_t kGigabyte = 1'000'000'000;
  for (int day = 0; day <= days; ++day) {
    DiskSample sample;
    sample.at = usage.at + (day - days) * kMicrosPerDay;
    sample.capacity_bytes = 500 * kGigabyte;
    const auto used = static_cast<std::int64_t>(1e9 * (100 + gigabytes_a_day * day));
    sample.free_bytes = sample.capacity_bytes - used;
    usage.disk.push_back(sample);
  }
}

TEST(UsageLive, WithoutAFullMonthThereIsNotEnoughHistory) {
  try {
    LiveInputsOf(UsageWith({}));
    FAIL() << "accepted";
  } catch (const Problem& problem) {
    EXPECT_EQ(problem.kind(), ProblemKind::kConflict);
    EXPECT_NE(std::string(problem.told()).find("not enough history"), std::string::npos);
  }
  EXPECT_FALSE(HasFullMonth(UsageWith({0, 0})));
  EXPECT_TRUE(HasFullMonth(UsageWith({1})));
}

TEST(UsageLive, MeansAreThoseOfTheLastThreeFullMonths) {
  auto usage = UsageWith({1, 100, 200, 300});
  const auto inputs = LiveInputsOf(usage);
  EXPECT_EQ(inputs.users.value, 300);
  EXPECT_DOUBLE_EQ(inputs.forms_per_user.value, 10);
  EXPECT_DOUBLE_EQ(inputs.new_cases_per_user.value, 5);
  EXPECT_DOUBLE_EQ(inputs.cases_per_form.value, 1);
  EXPECT_EQ(inputs.forms_per_user.source, "mean of 3 full months, 6000 forms");
  EXPECT_EQ(sizing::FormatYearMonth(inputs.month), "2026-05");
}

TEST(UsageLive, TheRunningMonthDoesNotCountTwice) {
  auto usage = UsageWith({100, 100});
  usage.months.back().forms = 77;
  EXPECT_EQ(LiveInputsOf(usage).forms_total.value, 2000);
}

TEST(UsageLive, GrowthNeedsThreeMonthsAndLeavesTheFirstOneOut) {
  EXPECT_EQ(GrowthOf(UsageWith({100, 200})).per_month, 0);
  EXPECT_NE(GrowthOf(UsageWith({100, 200})).source.find("not enough history"), std::string::npos);
  EXPECT_NEAR(GrowthOf(UsageWith({100, 110, 121})).per_month, 0.1, 1e-9);
  EXPECT_NEAR(GrowthOf(UsageWith({1, 100, 110, 121})).per_month, 0.1, 1e-9);
  EXPECT_NEAR(GrowthOf(UsageWith({121, 121, 110, 99})).per_month, -0.0955, 1e-3);
  EXPECT_EQ(GrowthOf(UsageWith({1, 10, 100, 1000})).per_month, kGrowthMax);
}

TEST(UsageLive, WithFewFormsTheSizesAreTheTemplatesAndSaySo) {
  const auto few = LiveInputsOf(UsageWith({(kFormsForSizes - 10) / 10}));
  EXPECT_FALSE(few.are_sizes_measured);
  EXPECT_EQ(few.form_bytes.value, 4000);
  EXPECT_EQ(few.form_bytes.source.rfind("ESTIMATE", 0), 0u);
  EXPECT_NE(sizing::ConfigFromLive(few, 0, 12).find("measured: 'no'"), std::string::npos);
  const auto enough = LiveInputsOf(UsageWith({kFormsForSizes / 10}));
  EXPECT_TRUE(enough.are_sizes_measured);
}

TEST(UsageLive, SaysWhenTheDiskIsFullOrWhatIsMissing) {
  auto usage = UsageWith({100});
  EXPECT_NE(DiskForecastText(usage).find("Not enough history"), std::string::npos);
  AddDisk(usage, 6, 4);
  EXPECT_NE(DiskForecastText(usage).find("over 6 days, 7 are needed"), std::string::npos);
  usage.disk.clear();
  AddDisk(usage, 7, 4);
  // 500 - 100 - 7 * 4 GB are free, 4 GB go a day: 93 days.
  EXPECT_EQ(DiskForecastText(usage),
            "At this growth (4.00 GB a day) the disk is full on 2026-09-11.");
}

TEST(UsageLive, TheConfigurationEvaluates) {
  auto usage = UsageWith({100, 110, 121});
  AddDisk(usage, 8, 1);
  const auto text = sizing::ConfigFromLive(LiveInputsOf(usage), 0.02, 24);
  const auto result = sizing::EvaluateAll(sizing::ReadConfig(text, "live.yml"), {});
  ASSERT_EQ(result.sets[0].summaries.size(), 2u);
  EXPECT_EQ(result.sets[0].usage.months.front(), sizing::Month{MonthOf(usage.at)});
}

TEST(UsageLive, TheSheetHasEveryMonthAndTheForecast) {
  const auto sheet = SheetOf(UsageWith({1, 2, 3}));
  ASSERT_EQ(sheet.tables.size(), 5u);
  EXPECT_EQ(sheet.tables[2].rows.size(), 4u);
  EXPECT_EQ(std::get<std::string>(sheet.tables[1].rows[1][0]), "Disk");
}

}  // namespace
}  // namespace outpost::usage
