#include <fmt/format.h>

#include "operations/tracker/detail/facts.h"
#include "operations/usage/live.h"
#include "transition/sizing/quick.h"

namespace outpost::operations::detail {
namespace {

using transition::Fact;
using transition::Verdict;

std::string NameOf(int month) { return sizing::FormatYearMonth(sizing::Month{month}); }

/// Needs a full month with forms.
void AddMeans(const usage::Usage& usage, Facts& facts) {
  const auto inputs = usage::LiveInputsOf(usage);
  const auto growth = usage::GrowthOf(usage);
  facts["R1.1"] = {Verdict::kHolds,
                   fmt::format("{:.0f} {}; growing by {:.1f} % a month ({})", inputs.users.value,
                               inputs.users.source, growth.per_month * 100, growth.source),
                   {{"people", fmt::format("{:.0f}", inputs.users.value)},
                    {"growth_per_month", fmt::format("{:.4f}", growth.per_month)}}};
  facts["R1.3"] = {Verdict::kHolds,
                   fmt::format("{:.1f} forms by person and month ({})", inputs.forms_per_user.value,
                               inputs.forms_per_user.source),
                   {{"forms", fmt::format("{:.3f}", inputs.forms_per_user.value)}}};
  const double changed = inputs.forms_per_user.value * inputs.cases_per_form.value;
  facts["R1.4"] = {
      Verdict::kHolds,
      fmt::format("{:.1f} new and {:.1f} updated cases by person and month ({})",
                  inputs.new_cases_per_user.value, changed, inputs.new_cases_per_user.source),
      {{"new_cases", fmt::format("{:.3f}", inputs.new_cases_per_user.value)},
       {"changed_cases", fmt::format("{:.3f}", changed)}}};
  const struct {
    const char* item;
    const char* row;
  } rows[] = {{"S1.1", "single server"},
              {"S1.2", "micro cluster"},
              {"S1.3", "small cluster"},
              {"S1.4", "large cluster"}};
  const auto applies = sizing::GuideConfigurationFor(inputs.users.value);
  for (const auto& [item, row] : rows) {
    facts[item] = {Verdict::kHolds,
                   fmt::format("{}: with {:.0f} active people in {} the row is '{}'",
                               applies == row ? "applies" : "does not apply", inputs.users.value,
                               FormatYearMonth(inputs.month), applies),
                   {}};
  }
}

Fact FormsSoFar(const usage::Usage& usage) {
  std::int64_t forms = 0;
  for (const auto& month : usage.months) forms += month.forms;
  return {Verdict::kHolds,
          fmt::format("{} forms are stored, {} of them in {} so far", forms,
                      usage.months.back().forms, NameOf(usage.months.back().month)),
          {{"forms", std::to_string(forms)}}};
}

Fact CollectedInApps(const usage::Usage& usage) {
  Fact fact{Verdict::kHolds, "", {{"apps", std::to_string(usage.apps.size())}}};
  constexpr std::size_t kNamed = 5;
  for (std::size_t i = 0; i < usage.apps.size() && i < kNamed; ++i) {
    const auto& app = usage.apps[i];
    fact.sentence +=
        fmt::format("{}{} in {}: {} forms since {}, the last on {}", i == 0 ? "" : "; ",
                    app.app_id.empty() ? "forms that name no app" : "app " + app.app_id,
                    app.project, app.forms, FormatDate(app.first_at), FormatDate(app.last_at));
  }
  if (usage.apps.size() > kNamed) {
    fact.sentence += fmt::format("; and {} more apps", usage.apps.size() - kNamed);
  }
  return fact;
}

Fact DiskGrowth(const usage::Usage& usage) {
  const auto forecast = usage::DiskForecastOf(usage);
  const auto& now = usage.disk.back();
  Fact fact;
  fact.figures = {{"free_bytes", std::to_string(now.free_bytes)},
                  {"capacity_bytes", std::to_string(now.capacity_bytes)}};
  const auto seen =
      fmt::format("{:.1f} of {:.1f} GB are free", static_cast<double>(now.free_bytes) / 1e9,
                  static_cast<double>(now.capacity_bytes) / 1e9);
  if (!forecast) {
    fact.sentence = fmt::format("not yet: needs {} days of looking at the disk; {}",
                                sizing::kForecastDaysMin, seen);
    return fact;
  }
  fact.verdict = Verdict::kHolds;
  fact.sentence = fmt::format("{}. {}", seen, forecast->sentence);
  fact.figures["bytes_per_day"] = fmt::format("{:.0f}", forecast->bytes_per_day);
  if (forecast->full_at) fact.figures["full_on"] = FormatDate(*forecast->full_at);
  return fact;
}

}  // namespace

void AddUsageFacts(const usage::Usage& usage, Facts& facts) {
  if (!usage.disk.empty()) facts["Q2.2.3"] = DiskGrowth(usage);
  if (usage.apps.empty()) return;
  facts["R1.2"] = FormsSoFar(usage);
  facts["Q1.5"] = CollectedInApps(usage);
  if (usage::HasFullMonth(usage)) AddMeans(usage, facts);
}

}  // namespace outpost::operations::detail
