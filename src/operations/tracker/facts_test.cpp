#include <gtest/gtest.h>

#include <fmt/format.h>

#include "operations/tracker/detail/facts.h"

namespace outpost::operations::detail {
namespace {

using transition::Verdict;

usage::Usage UsageOfAYear() {
  usage::Usage usage;
  usage.at = *ParseDate("2026-06-10");
  for (int i = 12; i >= 0; --i) {
    auto& month = usage.months.emplace_back();
    month.month = usage::MonthOf(usage.at) - i;
    month.workers = 400;
    month.forms = 4'000;
    month.new_cases = 400;
    month.case_changes = 6'000;
    month.form_bytes = 2'000'000;
  }
  usage.apps.push_back({"chw", "app-1", 52'000, 400, *ParseDate("2025-06-01"), usage.at});
  usage.database_bytes = 1'000'000;
  return usage;
}

TEST(UsageFacts, NothingIsSaidAboutFormsBeforeOneHasCome) {
  usage::Usage usage;
  usage.at = *ParseDate("2026-06-10");
  usage.months.emplace_back().month = usage::MonthOf(usage.at);
  Facts facts;
  AddUsageFacts(usage, facts);
  EXPECT_TRUE(facts.empty());
}

TEST(UsageFacts, ActivePeopleFormsAndCasesAreThoseOfTheMonths) {
  Facts facts;
  AddUsageFacts(UsageOfAYear(), facts);
  EXPECT_EQ(facts.at("R1.1").figures.at("people"), "400");
  EXPECT_EQ(facts.at("R1.2").figures.at("forms"), "52000");
  EXPECT_EQ(facts.at("R1.3").figures.at("forms"), "10.000");
  EXPECT_EQ(facts.at("R1.4").figures.at("new_cases"), "1.000");
  EXPECT_EQ(facts.at("R1.4").figures.at("changed_cases"), "15.000");
  EXPECT_EQ(facts.at("S1.1").sentence,
            "applies: with 400 active people in 2026-05 the row is 'single server'");
  EXPECT_EQ(facts.at("S1.2").sentence.rfind("does not apply", 0), 0u);
  EXPECT_EQ(facts.at("Q1.5").sentence,
            "app app-1 in chw: 52000 forms since 2025-06-01, the last on 2026-06-10");
}

TEST(UsageFacts, TheDiskSaysWhenItIsFullOrHowLongItMustBeWatched) {
  auto usage = UsageOfAYear();
  for (int day = 0; day < 7; ++day) {
    usage.disk.push_back({usage.at + day * kMicrosPerDay, 100'000'000'000,
                          50'000'000'000 - std::int64_t{day} * 1'000'000'000, 0, 0});
  }
  Facts facts;
  AddUsageFacts(usage, facts);
  EXPECT_EQ(facts.at("Q2.2.3").verdict, Verdict::kNotYet);
  usage.disk.push_back({usage.at + 7 * kMicrosPerDay, 100'000'000'000, 43'000'000'000, 0, 0});
  AddUsageFacts(usage, facts);
  EXPECT_EQ(facts.at("Q2.2.3").verdict, Verdict::kHolds);
  EXPECT_EQ(facts.at("Q2.2.3").figures.at("full_on"), "2026-07-30");
}

TEST(DoctorFacts, AFailureFailsTheTestListAndWithoutOneItIsNotYetProven) {
  Facts facts;
  AddDoctorFacts({{"clock", doctor::Judgement::kOk, "in step", ""},
                  {"disk space", doctor::Judgement::kFailure, "full", "free some"}},
                 "", false, facts);
  EXPECT_EQ(facts.at("C3.1.1").verdict, Verdict::kFails);
  EXPECT_EQ(facts.at("C3.1.1").sentence, "outpost doctor: 1 of 2 checks fail: disk space (full)");
  AddDoctorFacts({{"clock", doctor::Judgement::kWarning, "far", ""}}, "", false, facts);
  EXPECT_EQ(facts.at("C3.1.1").verdict, Verdict::kNotYet);
  EXPECT_EQ(facts.at("C3.1.1").figures.at("warnings"), "1");
  EXPECT_FALSE(facts.contains("Q3.1.4"));
}

TEST(DoctorFacts, OfSeveralCertificatesTheWorstCounts) {
  Facts facts;
  AddDoctorFacts({{"certificate", doctor::Judgement::kOk, "a: good", ""},
                  {"certificate", doctor::Judgement::kFailure, "b: expired", ""},
                  {"certificate", doctor::Judgement::kOk, "c: good", ""}},
                 "localhost", true, facts);
  EXPECT_EQ(facts.at("T5.3").sentence, "b: expired");
  EXPECT_EQ(facts.at("T5.3").verdict, Verdict::kFails);
  EXPECT_EQ(facts.at("Q3.1.5").verdict, Verdict::kHolds) << facts.at("Q3.1.5").sentence;
}

TEST(DoctorFacts, NameServersAreAskedOnlyWithLeave) {
  Facts facts;
  AddDoctorFacts({}, "localhost", false, facts);
  EXPECT_TRUE(facts.contains("Q3.1.4"));
  EXPECT_FALSE(facts.contains("Q3.1.5"));
}

/// Seven days of work: 1,000 forms in `form_seconds`, 100 restores, `refused` of the forms.
std::string Week(double form_seconds, int refused) {
  const auto histogram = [](const char* name, double seconds, int count) {
    std::string text;
    for (const double end : {0.5, 2.5, 5.0}) {
      text += fmt::format("{}_bucket{{status_code=\"201\",le=\"{}\"}} {}\n", name, end,
                          seconds <= end ? count : 0);
    }
    return text + fmt::format("{}_bucket{{status_code=\"201\",le=\"+Inf\"}} {}\n", name, count);
  };
  return "# TYPE process_uptime_seconds gauge\nprocess_uptime_seconds 604800\n" +
         fmt::format("commcare_xform_submissions_count_total{{status_code=\"201\"}} {}\n",
                     1'000 - refused) +
         fmt::format("commcare_xform_submissions_count_total{{status_code=\"422\"}} {}\n",
                     refused) +
         "commcare_xform_submissions_count_total{status_code=\"401\"} 5000\n"
         "commcare_restores_count_total{status_code=\"200\"} 100\n" +
         histogram("commcare_xform_submissions_duration_seconds", form_seconds, 1'000) +
         histogram("commcare_restores_duration_seconds", 1, 100);
}

Verdict RealConditions(const std::string& text, std::int64_t people) {
  Facts facts;
  AddMetricFacts({text, people, "https://x"}, facts);
  return facts.at("C3.1.2").verdict;
}

TEST(MetricFacts, AWeekOfGoodAnswersProvesRealConditions) {
  EXPECT_EQ(RealConditions(Week(0.3, 9), 10), Verdict::kHolds);
  EXPECT_EQ(RealConditions(Week(0.3, 12), 10), Verdict::kFails) << "1.1 % of 1,100 are too many";
  EXPECT_EQ(RealConditions(Week(4, 0), 10), Verdict::kFails) << "too slow";
  EXPECT_EQ(RealConditions(Week(0.3, 0), 9), Verdict::kNotYet) << "too few people";
  auto six_days = Week(0.3, 0);
  six_days.replace(six_days.find("604800"), 6, "604799");
  EXPECT_EQ(RealConditions(six_days, 10), Verdict::kNotYet);
}

TEST(MetricFacts, TheMetricListNamesWhatIsMissing) {
  Facts facts;
  AddMetricFacts({"node_load1 1\noutpost_data_used_ratio 0.5\n", 0, ""}, facts);
  const auto& fact = facts.at("C4.2.1");
  EXPECT_EQ(fact.verdict, Verdict::kNotYet);
  EXPECT_EQ(fact.figures.at("rows"), "27");
  EXPECT_EQ(fact.figures.at("there"), "1");
  EXPECT_NE(fact.sentence.find("IM-02"), std::string::npos) << "load5 and load15 are missing";
  EXPECT_EQ(fact.sentence.find("IM-05"), std::string::npos);
}

}  // namespace
}  // namespace outpost::operations::detail
