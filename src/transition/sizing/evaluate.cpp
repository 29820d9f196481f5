#include "transition/sizing/evaluate.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "transition/sizing/detail/summary.h"
#include "transition/sizing/detail/values.h"

namespace outpost::sizing {
namespace {

using detail::Refuse;

void RefuseUnknownField(const SizingConfig& config, const UsageSeries& usage, Position at,
                        const std::string& key, const std::string& field) {
  if (usage.Find(field) != nullptr) return;
  const std::vector<std::string_view> known(usage.order.begin(), usage.order.end());
  const auto nearest = NearestWord(field, known);
  Refuse(config.file, at, key,
         fmt::format("there is no usage field '{}'{}", field,
                     nearest ? fmt::format("; did you mean '{}'?", *nearest) : ""));
}

void CheckFields(const SizingConfig& config, const UsageSeries& usage) {
  for (const auto& service : config.services) {
    const auto path = "services." + service.name;
    RefuseUnknownField(config, usage, service.at, path + ".usage_field", service.usage_field);
    if (service.storage) {
      for (const auto& model : service.storage->data_models) {
        RefuseUnknownField(config, usage, model.at, path + ".storage.data_models",
                           model.referenced_field);
      }
    }
    if (service.process) {
      for (const auto& model : service.process->ram_models) {
        RefuseUnknownField(config, usage, model.at, path + ".process.ram_model",
                           model.referenced_field);
      }
    }
  }
}

std::size_t IndexOf(const SizingConfig& config, const UsageSeries& usage, Month month, Position at,
                    const std::string& key) {
  const auto found = std::find(usage.months.begin(), usage.months.end(), month);
  if (found == usage.months.end()) {
    Refuse(
        config.file, at, key,
        fmt::format("{} is outside the usage, which runs from {} to {}", FormatYearMonth(month),
                    FormatYearMonth(usage.months.front()), FormatYearMonth(usage.months.back())));
  }
  return static_cast<std::size_t>(found - usage.months.begin());
}

void AddWarnings(std::vector<std::string> found, std::vector<std::string>* warnings) {
  for (auto& warning : found) {
    if (std::find(warnings->begin(), warnings->end(), warning) == warnings->end()) {
      warnings->push_back(std::move(warning));
    }
  }
}

void Summarise(const SizingConfig& config, SetResult* result) {
  auto dates = config.summary_dates;
  if (dates.empty()) dates.emplace_back(result->usage.months.back(), Position{});
  std::vector<std::string> labels;
  for (const auto& date : dates) {
    const auto index = IndexOf(config, result->usage, date.first, date.second, "summary_dates");
    result->summaries.push_back(detail::Summarise(config, *result, index));
    labels.push_back(FormatMonth(date.first));
  }
  if (dates.size() < 2) return;
  std::vector<const DateSummary*> summaries;
  for (const auto& summary : result->summaries) summaries.push_back(&summary);
  result->comparison = detail::Compare(config, summaries, labels);
  result->incremental = detail::Increments(*result->comparison);
}

SetResult EvaluateSet(const SizingConfig& config, const VariableSet& set,
                      const SizingOptions& options, std::vector<std::string>* warnings) {
  SetResult result;
  result.set = set;
  result.usage = EvaluateUsage(config.usage, set, config.file, {}, warnings);
  if (result.usage.months.empty()) {
    throw Problem(fmt::format("{}: usage: no field has any month", config.file), Position{});
  }
  CheckFields(config, result.usage);
  for (const auto& service : config.services) {
    if (!options.only_service.empty() && service.name != options.only_service) continue;
    result.services.push_back(EvaluateService(config, service, result.usage, options, warnings));
  }
  if (result.services.empty() && !options.only_service.empty()) {
    throw Problem(ProblemKind::kNotFound,
                  fmt::format("{}: there is no service '{}'", config.file, options.only_service));
  }
  Summarise(config, &result);
  return result;
}

void CompareSets(SizingResult* result) {
  const auto& config = result->config;
  std::vector<DateSummary> summaries;
  std::vector<std::string> labels;
  for (const auto& set : result->sets) {
    const auto index =
        IndexOf(config, set.usage, *config.sets_summary_date, {}, "sets_summary_date");
    summaries.push_back(detail::Summarise(config, set, index));
    labels.push_back(set.set.name);
  }
  std::vector<const DateSummary*> pointers;
  for (const auto& summary : summaries) pointers.push_back(&summary);
  result->sets_comparison = detail::Compare(config, pointers, labels);
}

}  // namespace

SizingResult EvaluateAll(SizingConfig config, const SizingOptions& options) {
  SizingResult result;
  result.config = std::move(config);
  result.warnings = result.config.warnings;
  for (const auto& set : result.config.sets) {
    std::vector<std::string> found;
    result.sets.push_back(EvaluateSet(result.config, set, options, &found));
    AddWarnings(std::move(found), &result.warnings);
  }
  if (result.config.sets_summary_date && result.sets.size() > 1) CompareSets(&result);
  return result;
}

}  // namespace outpost::sizing
