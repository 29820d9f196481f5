#include "domain/intake/rate_limit.h"

#include <gtest/gtest.h>

namespace outpost::intake {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::size_t kPerSecond = 0, kPerMinute = 1, kPerHour = 2;

Rates Only(std::size_t window, double limit) {
  Rates rates;
  rates[window] = limit;
  return rates;
}

RateTables FormsOnly(const Rates& per_project, const Rates& global) {
  RateTables tables{};
  tables.forms = {{0.0, 0.0, 0.0, 0.0, 0.0}, per_project, global};
  tables.case_updates.per_worker = tables.forms.per_worker;
  return tables;
}

/// How many of `asks` are let through at one moment.
int Let(RateLimiter& limiter, std::int64_t project, int asks, std::int64_t now,
        std::int64_t workers = 0) {
  int let = 0;
  for (int i = 0; i < asks; ++i) let += limiter.Ask(project, workers, now) == 0 ? 1 : 0;
  return let;
}

TEST(RateUsage, AWindowSlides) {
  Usage usage;
  usage.Add(10, 30 * kSecond);
  EXPECT_DOUBLE_EQ(usage.Used(kPerMinute, 59 * kSecond), 10);
  EXPECT_DOUBLE_EQ(usage.Used(kPerMinute, 60 * kSecond), 10);
  EXPECT_DOUBLE_EQ(usage.Used(kPerMinute, 75 * kSecond), 7.5);
  usage.Add(2, 75 * kSecond);
  EXPECT_DOUBLE_EQ(usage.Used(kPerMinute, 90 * kSecond), 7);
  EXPECT_DOUBLE_EQ(usage.Used(kPerMinute, 120 * kSecond), 2);
  EXPECT_DOUBLE_EQ(usage.Used(kPerMinute, 180 * kSecond), 0);
  EXPECT_DOUBLE_EQ(usage.Used(kPerSecond, 76 * kSecond), 2);
  EXPECT_DOUBLE_EQ(usage.Used(kPerSecond, 77 * kSecond), 0);
}

TEST(RateUsage, SaysExactlyHowLongToWait) {
  Usage usage;
  const auto ten = Only(kPerMinute, 10);
  EXPECT_EQ(usage.WaitFor(ten, 0), 0);
  usage.Add(9, 0);
  EXPECT_EQ(usage.WaitFor(ten, 0), 0);
  usage.Add(1, 0);
  const auto wait = usage.WaitFor(ten, 12 * kSecond);
  EXPECT_EQ(wait, 48 * kSecond + 1) << "the next window, and a moment";
  EXPECT_GT(usage.WaitFor(ten, 12 * kSecond + *wait - 2), 0);
  EXPECT_EQ(usage.WaitFor(ten, 12 * kSecond + *wait), 0);
  usage.Add(30, 12 * kSecond);
  EXPECT_EQ(usage.WaitFor(ten, 60 * kSecond), 45 * kSecond + 1) << "a quarter of 40 is left";
  EXPECT_EQ(usage.WaitFor(Only(kPerMinute, 0), 0), std::nullopt);
  EXPECT_EQ(usage.WaitFor(Rates{}, 12 * kSecond), 0) << "no limit";
}

TEST(RateLimiter, LetsAProjectSendItsLimitAndNotOneFormMore) {
  RateLimiter limiter(FormsOnly({10.0, 10.0, 10.0, 10.0, 10.0}, Only(kPerMinute, 0)));
  EXPECT_EQ(Let(limiter, 1, 11, 0), 10);
  EXPECT_EQ(Let(limiter, 2, 11, 0), 10) << "another project has its own";
}

TEST(RateLimiter, LimitsNobodyWhileAllTogetherAreUnderTheGlobalLimit) {
  const Rates nothing = {0.0, 0.0, 0.0, 0.0, 0.0};
  RateLimiter limiter(FormsOnly(nothing, Only(kPerMinute, 100)));
  EXPECT_EQ(Let(limiter, 1, 60, 0), 60);
  EXPECT_EQ(Let(limiter, 2, 60, 0), 40);
  limiter.CountForm(3, 30 * kMinute);
  EXPECT_EQ(Let(limiter, 2, 200, 30 * kMinute), 99) << "forms that are not limited count too";
}

TEST(RateLimiter, LimitsGrowWithTheNumberOfWorkers) {
  const Rates rates = RatesOf(kStandardRates.forms, 1'000);
  EXPECT_DOUBLE_EQ(*rates[0], 11);
  EXPECT_DOUBLE_EQ(*rates[1], 150);
  EXPECT_DOUBLE_EQ(*rates[2], 6'030);
  EXPECT_DOUBLE_EQ(*rates[3], 46'050);
  EXPECT_DOUBLE_EQ(*rates[4], 230'100);
  RateTables tables = kStandardRates;
  tables.forms.global = Only(kPerSecond, 0);
  RateLimiter limiter(tables);
  EXPECT_EQ(Let(limiter, 1, 100, 0, 1'000), 11);
  EXPECT_EQ(Let(limiter, 2, 100, 0, 0), 1);
}

TEST(RateLimiter, LetsMoreThroughAsSoonAsItSaid) {
  RateLimiter limiter(FormsOnly({2.0, 100.0, 100.0, 100.0, 100.0}, Only(kPerSecond, 0)));
  EXPECT_EQ(Let(limiter, 1, 3, 500'000), 2);
  const auto wait = limiter.Ask(1, 0, 500'000);
  ASSERT_TRUE(wait);
  EXPECT_LE(*wait, kSecond);
  EXPECT_NE(limiter.Ask(1, 0, 500'000 + *wait - 2), 0);
  EXPECT_EQ(limiter.Ask(1, 0, 500'000 + *wait), 0);
}

TEST(RateLimiter, CaseUpdatesOfEarlierFormsHoldFormsBack) {
  RateTables tables{};
  tables.forms.global = {};  // any number
  tables.case_updates = {
      {0.0, 0.0, 0.0, 0.0, 0.0}, {100.0, 100.0, 100.0, 100.0, 100.0}, Only(kPerHour, 200)};
  RateLimiter limiter(tables);
  EXPECT_EQ(limiter.Ask(1, 0, 0), 0);
  limiter.CountCases(1, 99, 0);
  EXPECT_EQ(limiter.Ask(1, 0, 0), 0);
  limiter.CountCases(1, 1, 0);
  EXPECT_EQ(limiter.Ask(1, 0, 0), 0) << "all together are under 200 an hour";
  limiter.CountCases(2, 100, 0);
  EXPECT_NE(limiter.Ask(1, 0, 0), 0);
  EXPECT_NE(limiter.Ask(2, 0, 0), 0);
  EXPECT_EQ(limiter.Ask(3, 0, 0), 0) << "a project that has sent nothing";
}

TEST(RateLimiter, StandardLimitsLetASmallProjectOnABusyServerSendItsDailyForms) {
  RateLimiter limiter;
  for (int i = 0; i < 17'000; ++i) limiter.CountForm(99, 0);  // the whole hour is used up
  int let = 0;
  for (std::int64_t minute = 0; minute < 60; ++minute) {
    let += Let(limiter, 1, 1, minute * kMinute, 20);
  }
  EXPECT_EQ(let, 60) << "20 workers may send 150 an hour";
  EXPECT_EQ(limiter.Ask(2, 0, 0).has_value(), true);
}

}  // namespace
}  // namespace outpost::intake
