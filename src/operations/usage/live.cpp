#include "operations/usage/live.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "base/problem.h"
#include "transition/sizing/read_config.h"
#include "transition/sizing/templates.h"

namespace outpost::usage {
namespace {

using sizing::LiveValue;

double Real(std::int64_t count) { return static_cast<double>(count); }

std::string NameOf(const MonthUsage& month) {
  return sizing::FormatYearMonth(sizing::Month{month.month});
}

/// Months that are over, from the first with forms on.
std::span<const MonthUsage> FullMonths(const Usage& usage) {
  std::span<const MonthUsage> months = usage.months;
  if (!months.empty()) months = months.first(months.size() - 1);
  while (!months.empty() && months.front().forms == 0) months = months.subspan(1);
  return months;
}

MonthUsage SumOf(std::span<const MonthUsage> months) {
  MonthUsage sum;
  for (const auto& month : months) {
    sum.workers += month.workers;
    sum.forms += month.forms;
    sum.form_bytes += month.form_bytes;
    sum.attachments += month.attachments;
    sum.attachment_bytes += month.attachment_bytes;
    sum.file_bytes += month.file_bytes;
    sum.new_cases += month.new_cases;
    sum.case_changes += month.case_changes;
  }
  return sum;
}

double Share(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0 : Real(part) / Real(whole);
}

/// Bytes for each thing, such that all things of the server together take what its database and its
/// files take: indexes and page headers are shared out by what the columns hold.
void FillMeasuredSizes(const Usage& usage, const MonthUsage& all, sizing::LiveInputs& inputs) {
  const double of_forms = Real(all.form_bytes + all.attachment_bytes - all.file_bytes);
  const double of_cases = Real(all.new_cases) * usage.case_bytes;
  const double of_changes = Real(all.new_cases + all.case_changes) * usage.case_change_bytes;
  const double held = of_forms + of_cases + of_changes;
  const double factor = held > 0 ? Real(usage.database_bytes) / held : 1;
  const auto source = fmt::format(
      "the database's {:.3f} GB shared out over {} forms, {} cases and their changes, {:.1f} times "
      "what the rows hold",
      Real(usage.database_bytes) / 1e9, all.forms, all.new_cases, factor);
  inputs.form_bytes = {factor * of_forms / Real(all.forms), source};
  inputs.case_bytes = {factor * (usage.case_bytes + usage.case_change_bytes), source};
  inputs.case_change_bytes = {factor * usage.case_change_bytes, source};
  inputs.attachment_bytes_per_form = {
      Share(all.file_bytes, all.forms),
      fmt::format("files beside the database, {} attachments so far", all.attachments)};
}

double TemplateBytes(const sizing::SizingConfig& config, std::string_view field) {
  for (const auto& service : config.services) {
    if (service.name != "outpost" || !service.storage) continue;
    for (const auto& model : service.storage->data_models) {
      if (model.referenced_field == field) return static_cast<double>(model.unit_bytes);
    }
  }
  OUTPOST_CHECK(false);
}

void FillEstimatedSizes(const MonthUsage& all, sizing::LiveInputs& inputs) {
  const auto& text = sizing::TemplateNamed("outpost").text;
  const auto config = sizing::ReadConfig(text, "outpost.yml");
  const auto source =
      fmt::format("ESTIMATE of the template outpost: {} forms are stored, {} are needed to measure",
                  all.forms, kFormsForSizes);
  inputs.form_bytes = {TemplateBytes(config, "forms_total"), source};
  inputs.case_bytes = {TemplateBytes(config, "cases_total"), source};
  inputs.case_change_bytes = {TemplateBytes(config, "case_changes_total"), source};
  inputs.attachment_bytes_per_form = {Share(all.attachment_bytes, all.forms),
                                      "mean of all attachments so far"};
}

void FillDisk(const Usage& usage, sizing::LiveInputs& inputs) {
  if (usage.disk.empty()) return;
  inputs.disk_bytes = Real(usage.disk.back().capacity_bytes);
  for (const auto& sample : usage.disk) {
    inputs.disk_used.push_back({sample.at, Real(sample.capacity_bytes - sample.free_bytes)});
  }
}

}  // namespace

Growth GrowthOf(const Usage& usage) {
  auto months = FullMonths(usage);
  // A programme seldom begins on the first of a month.
  if (months.size() > kMonthsForGrowth) months = months.subspan(1);
  constexpr std::size_t kYear = 12;
  if (months.size() > kYear) months = months.last(kYear);
  if (months.size() < kMonthsForGrowth || months.back().workers == 0 ||
      months.front().workers == 0) {
    return {0,
            fmt::format("there is not enough history for a growth ({} full months with forms, {} "
                        "are needed), none is assumed",
                        months.size(), kMonthsForGrowth)};
  }
  const double ratio = Real(months.back().workers) / Real(months.front().workers);
  const double growth = std::pow(ratio, 1.0 / Real(std::ssize(months) - 1)) - 1;
  auto source = fmt::format("from {} people in {} to {} in {}", months.front().workers,
                            NameOf(months.front()), months.back().workers, NameOf(months.back()));
  if (growth <= kGrowthMax) return {growth, source};
  return {kGrowthMax, fmt::format("{}, {:.0f} % a month; {:.0f} % is taken, as that does not go on",
                                  source, growth * 100, kGrowthMax * 100)};
}

bool HasFullMonth(const Usage& usage) { return !FullMonths(usage).empty(); }

sizing::LiveInputs LiveInputsOf(const Usage& usage) {
  const auto full = FullMonths(usage);
  if (full.empty()) {
    throw Problem(ProblemKind::kConflict,
                  "There is not enough history: sizing from a server needs one full month with "
                  "forms. Until then: outpost size quick --users N");
  }
  const auto recent = full.last(std::min<std::size_t>(full.size(), kMeanMonths));
  const auto mean = SumOf(recent);
  const auto all = SumOf(usage.months);
  const auto source = fmt::format("mean of {} full month{}, {} forms", recent.size(),
                                  recent.size() == 1 ? "" : "s", mean.forms);
  sizing::LiveInputs inputs;
  inputs.month = sizing::Month{full.back().month};
  inputs.users = {Real(full.back().workers),
                  "people of whom a form came in " + NameOf(full.back())};
  const auto by_now = SumOf(std::span(usage.months).first(usage.months.size() - 1));
  inputs.forms_total = {Real(by_now.forms), "received by then, without superseded ones"};
  inputs.forms_per_user = {Share(mean.forms, mean.workers), source};
  inputs.new_cases_per_user = {Share(mean.new_cases, mean.workers), source};
  inputs.cases_per_form = {Share(mean.case_changes, mean.forms), source};
  inputs.cases_total = {Real(by_now.new_cases), "opened by then"};
  inputs.search_bytes_per_form = {0, "this release keeps no search index beside the database"};
  if (all.forms >= kFormsForSizes) {
    FillMeasuredSizes(usage, all, inputs);
  } else {
    FillEstimatedSizes(all, inputs);
    inputs.are_sizes_measured = false;
  }
  inputs.cores = usage.cores;
  inputs.ram_gb = Real(usage.memory_bytes) / 1e9;
  FillDisk(usage, inputs);
  return inputs;
}

std::optional<sizing::DiskForecast> DiskForecastOf(const Usage& usage) {
  sizing::LiveInputs inputs;
  FillDisk(usage, inputs);
  return sizing::ForecastDisk(inputs.disk_used, inputs.disk_bytes);
}

std::string DiskForecastText(const Usage& usage) {
  if (const auto forecast = DiskForecastOf(usage)) return forecast->sentence;
  const auto days =
      usage.disk.empty() ? 0 : (usage.disk.back().at - usage.disk.front().at) / kMicrosPerDay;
  return fmt::format(
      "Not enough history for a forecast: the disk was looked at over {} days, {} are needed. The "
      "running server looks once a day.",
      days, sizing::kForecastDaysMin);
}

sheets::Sheet SheetOf(const Usage& usage) {
  const auto all = SumOf(usage.months);
  const auto growth = GrowthOf(usage);
  sheets::Table people{"Server", {"Figure", "Count"}, {}};
  people.rows = {{"Project spaces", Real(usage.projects)},
                 {"Mobile workers with an account", Real(usage.mobile_workers)},
                 {"Web users", Real(usage.web_users)}};
  sheets::Table outlook{"Outlook", {"Of", "Finding"}, {}};
  outlook.rows = {
      {"People", fmt::format("{:.2f} % more a month: {}", growth.per_month * 100, growth.source)},
      {"Disk", DiskForecastText(usage)}};
  sheets::Table months{
      "By month", {"Month", "People", "Forms", "New cases", "Case changes", "Stored (MB)"}, {}};
  for (const auto& month : usage.months) {
    months.rows.push_back(
        {NameOf(month), Real(month.workers), Real(month.forms), Real(month.new_cases),
         Real(month.case_changes),
         std::round(Real(month.form_bytes + month.attachment_bytes) / 1e4) / 100});
  }
  sheets::Table bytes{"On disk", {"Kind", "MB"}, {}};
  const auto megabytes = [](std::int64_t count) { return std::round(Real(count) / 1e4) / 100; };
  bytes.rows.push_back({"Database with its indexes", megabytes(usage.database_bytes)});
  bytes.rows.push_back({"Files beside it", megabytes(all.file_bytes)});
  if (!usage.disk.empty()) {
    const auto& now = usage.disk.back();
    bytes.rows.push_back({"Log of the database", megabytes(now.log_bytes)});
    bytes.rows.push_back({"Everything else on this disk",
                          megabytes(std::max<std::int64_t>(
                              0, now.capacity_bytes - now.free_bytes - usage.database_bytes -
                                     all.file_bytes - now.log_bytes))});
    bytes.rows.push_back({"Free", megabytes(now.free_bytes)});
    bytes.rows.push_back({"The whole disk", megabytes(now.capacity_bytes)});
  }
  sheets::Table apps{
      "Apps", {"Project space", "App", "Forms", "People last month", "First form", "Last"}, {}};
  for (const auto& app : usage.apps) {
    apps.rows.push_back({app.project, app.app_id.empty() ? "(none named)" : app.app_id,
                         Real(app.forms), Real(app.workers_last_month), FormatDate(app.first_at),
                         FormatDate(app.last_at)});
  }
  return {"Server",
          {std::move(people), std::move(outlook), std::move(months), std::move(bytes),
           std::move(apps)}};
}

}  // namespace outpost::usage
