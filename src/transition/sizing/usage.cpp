#include "transition/sizing/usage.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>

#include "base/text.h"
#include "transition/sizing/detail/values.h"
#include "transition/sizing/read_config.h"

namespace outpost::sizing {
namespace {

constexpr double kEmpty = std::numeric_limits<double>::quiet_NaN();

double ValueOf(const NumberOrVariable& value, const VariableSet& set, bool whole,
               const std::string& file, const std::string& field) {
  if (value.variable.empty()) return value.number;
  const auto found = set.variables.find(value.variable);
  if (found == set.variables.end()) {
    detail::Refuse(file, value.at, "usage." + field,
                   fmt::format("the set '{}' has no variable '{}'", set.name, value.variable));
  }
  const auto& text = found->second;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() ||
      (whole && number != std::nearbyint(number))) {
    detail::Refuse(file, value.at, "usage." + field,
                   fmt::format("the variable '{}' is '{}': not a {}", value.variable, text,
                               whole ? "whole number" : "number"));
  }
  return number;
}

std::vector<double> RangeValues(const UsageModel& model, const std::vector<Month>& months,
                                const VariableSet& set, const std::string& file) {
  std::vector<double> series(months.size(), kEmpty);
  for (const auto& range : model.ranges) {
    const double value = ValueOf(range.value, set, true, file, model.name);
    for (std::size_t i = 0; i < months.size(); ++i) {
      if (range.first <= months[i] && months[i] <= range.last) series[i] = value;
    }
  }
  return series;
}

/// Months that the series lacks stay empty and count as nothing.
std::vector<double> RunningSum(const std::vector<double>& series, double start) {
  std::vector<double> sums(series.size(), kEmpty);
  double sum = start;
  for (std::size_t i = 0; i < series.size(); ++i) {
    if (std::isnan(series[i])) continue;
    sum += series[i];
    sums[i] = sum;
  }
  return sums;
}

std::vector<double> LimitedSum(const UsageModel& model, const std::vector<double>& series) {
  const auto sums = RunningSum(series, 0);
  const auto lifespan = static_cast<std::size_t>(model.lifespan);
  std::vector<double> live(series.size());
  for (std::size_t i = 0; i < series.size(); ++i) {
    // What was there at the start has left after one lifespan.
    live[i] = std::trunc(i < lifespan ? sums[i] + model.start_with : sums[i] - sums[i - lifespan]);
  }
  return live;
}

std::vector<double> Combined(const UsageModel& model, const UsageSeries& usage, bool product) {
  std::vector<double> result(usage.months.size(), product ? 1.0 : 0.0);
  for (const auto& field : model.fields) {
    const auto& series = *usage.Find(field);
    for (std::size_t i = 0; i < result.size(); ++i) {
      if (std::isnan(series[i])) continue;
      result[i] = product ? result[i] * series[i] : result[i] + series[i];
    }
  }
  if (!result.empty()) result[0] += model.start_with;
  return result;
}

std::vector<double> Scaled(const std::vector<double>& series, double factor, double first_extra) {
  auto result = series;
  for (auto& value : result) value *= factor;
  if (!result.empty()) result[0] += first_extra;
  return result;
}

void PutWithGrowth(const UsageModel& model, const std::vector<double>& series, UsageSeries* usage) {
  auto base = Scaled(series, model.baseline, 0);
  auto growth = Scaled(series, model.monthly_growth, 0);
  auto all = RunningSum(growth, model.start_with);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] += base[i];
  usage->Put(model.name + "_baseline", std::move(base));
  usage->Put(model.name + "_monthly", std::move(growth));
  usage->Put(model.name, std::move(all));
}

void Run(const UsageModel& model, const VariableSet& set, const std::string& file,
         UsageSeries* usage) {
  if (model.kind == UsageKind::kDateRangeValue) {
    usage->Put(model.name, RangeValues(model, usage->months, set, file));
    return;
  }
  const auto series = *usage->Find(model.fields[0]);
  switch (model.kind) {
    case UsageKind::kDateRangeValue:
      break;
    case UsageKind::kCumulative:
      usage->Put(model.name, RunningSum(series, model.start_with));
      break;
    case UsageKind::kCumulativeLimitedLifespan:
      usage->Put(model.name, LimitedSum(model, series));
      break;
    case UsageKind::kDerivedSum:
      usage->Put(model.name, Combined(model, *usage, false));
      break;
    case UsageKind::kProduct:
      usage->Put(model.name, Combined(model, *usage, true));
      break;
    case UsageKind::kDerivedFactor:
      usage->Put(model.name, Scaled(series, ValueOf(model.factor, set, false, file, model.name),
                                    model.start_with));
      break;
    case UsageKind::kBaselineWithGrowth:
      PutWithGrowth(model, series, usage);
      break;
  }
}

/// All months that any series names, in order.
std::vector<Month> AllMonths(const std::vector<UsageModel>& models, const std::string& file,
                             std::vector<std::string>* warnings) {
  std::set<Month> months;
  for (const auto& model : models) {
    for (const auto& range : model.ranges) {
      if (range.last.index - range.first.index >= kMonthsMax) {
        detail::Refuse(file, range.value.at, "usage." + model.name,
                       fmt::format("a range of more than {} months", kMonthsMax));
      }
      for (Month m = range.first; m <= range.last; ++m.index) months.insert(m);
    }
  }
  for (const auto& model : models) {
    if (model.kind != UsageKind::kDateRangeValue) continue;
    const auto covered = [&](Month m) {
      return std::any_of(model.ranges.begin(), model.ranges.end(), [m](const DateRange& range) {
        return range.first <= m && m <= range.last;
      });
    };
    if (!std::all_of(months.begin(), months.end(), covered)) {
      warnings->push_back(
          fmt::format("[WARNING] Dataframe for '{}' has different index: months that it does not "
                      "cover stay empty",
                      model.name));
    }
  }
  return {months.begin(), months.end()};
}

}  // namespace

const std::vector<double>* UsageSeries::Find(const std::string& name) const {
  const auto found = values.find(name);
  return found == values.end() ? nullptr : &found->second;
}

void UsageSeries::Put(const std::string& name, std::vector<double> series) {
  if (values.insert_or_assign(name, std::move(series)).second) order.push_back(name);
}

UsageSeries EvaluateUsage(const std::vector<UsageModel>& models, const VariableSet& set,
                          const std::string& file, UsageSeries given,
                          std::vector<std::string>* warnings) {
  UsageSeries usage = std::move(given);
  if (usage.months.empty()) usage.months = AllMonths(models, file, warnings);
  std::vector<const UsageModel*> waiting;
  for (const auto& model : models) waiting.push_back(&model);
  while (!waiting.empty()) {
    std::vector<const UsageModel*> still;
    for (const auto* model : waiting) {
      const bool runnable =
          std::all_of(model->fields.begin(), model->fields.end(),
                      [&](const std::string& field) { return usage.Find(field) != nullptr; });
      if (runnable) {
        Run(*model, set, file, &usage);
      } else {
        still.push_back(model);
      }
    }
    if (still.size() == waiting.size()) {
      std::vector<std::string> names;
      for (const auto* model : still) names.push_back(model->name);
      detail::Refuse(file, still[0]->at, "usage",
                     fmt::format("Unmet dependencies for models: {}", fmt::join(names, ", ")));
    }
    waiting = std::move(still);
  }
  return usage;
}

}  // namespace outpost::sizing
