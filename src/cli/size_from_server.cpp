#include "cli/size_from_server.h"

#include <fmt/format.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cmath>
#include <iostream>

#include "base/clock.h"
#include "base/problem.h"
#include "cli/admin_client.h"
#include "cli/commands.h"
#include "cli/size_output.h"
#include "format/sheets/json.h"
#include "format/sheets/page.h"
#include "format/sheets/text.h"
#include "format/tree/map_reader.h"
#include "operations/usage/live.h"
#include "transition/sizing/read_config.h"
#include "transition/sizing/render.h"

namespace outpost::cli {
namespace {

constexpr int kMonthsMax = 120;
constexpr double kGrowthPercentMax = 50;

usage::Growth GrowthFor(const FromServerOptions& options, const usage::Usage& usage) {
  if (options.growth.empty()) return usage::GrowthOf(usage);
  const auto percent = tree::ParseDecimal(options.growth);
  if (!percent || std::abs(*percent) > kGrowthPercentMax) {
    throw Problem(
        ProblemKind::kBadRequest,
        fmt::format("--growth is a number of percent a month from -{0} to {0}; it is '{1}'.",
                    kGrowthPercentMax, options.growth));
  }
  return {*percent / 100, "as given on the command line"};
}

std::string UsageText(const sheets::Sheet& sheet) {
  std::string text;
  for (const auto& table : sheet.tables) text += sheets::TextOf(table) + "\n";
  return text;
}

sheets::Plot PeoplePlot(const usage::Usage& usage) {
  sheets::Plot plot{"People of whom forms came", "people", {}, {{"people", {}}}};
  for (const auto& month : usage.months) {
    plot.labels.push_back(sizing::FormatYearMonth(sizing::Month{month.month}));
    plot.lines[0].second.push_back(static_cast<double>(month.workers));
  }
  return plot;
}

std::string UsagePage(const usage::Usage& usage, const sheets::Sheet& sheet) {
  const auto body = fmt::format("<h1>This server</h1>\n<p class='note'>{}</p>\n<p>{}</p>\n",
                                usage::DiskForecastText(usage), sheets::SvgOf(PeoplePlot(usage)));
  return body + sheets::SideBySide(sheet.tables);
}

boost::json::value ForecastJson(const usage::Usage& usage) {
  boost::json::object object = {{"sentence", usage::DiskForecastText(usage)}};
  if (const auto forecast = usage::DiskForecastOf(usage)) {
    object["bytes_per_day"] = forecast->bytes_per_day;
    if (forecast->full_at) object["full_on"] = FormatDate(*forecast->full_at);
  }
  return object;
}

std::string Json(const usage::Usage& usage, const usage::Growth& growth, const std::string& config,
                 const sizing::SizingResult& result) {
  return boost::json::serialize(boost::json::object{
             {"usage", boost::json::parse(usage::JsonOf(usage))},
             {"growth", {{"per_month", growth.per_month}, {"source", growth.source}}},
             {"forecast", ForecastJson(usage)},
             {"configuration", config},
             {"sizing", boost::json::parse(sizing::JsonOf(result))}}) +
         "\n";
}

SizeOutput OutputOf(const usage::Usage& usage, const usage::Growth& growth,
                    const std::string& config, const sizing::SizingResult& result) {
  const auto sheet = usage::SheetOf(usage);
  SizeOutput output;
  output.text = UsageText(sheet) + sizing::TextOf(result);
  output.json = Json(usage, growth, config, result);
  output.html =
      sheets::HtmlPage("Sizing from this server",
                       UsagePage(usage, sheet) + sizing::PageBodyOf(result), sheets::kWidePage);
  output.workbook = sizing::WorkbookOf(result, result.sets[0], true);
  output.workbook.sheets.insert(output.workbook.sheets.begin(), sheet);
  return output;
}

}  // namespace

void SizeFromServer(const FromServerOptions& options, const sizing::SizingOptions& evaluation) {
  if (options.months < 1 || options.months > kMonthsMax) {
    throw Problem(ProblemKind::kBadRequest,
                  fmt::format("--months must be from 1 to {}.", kMonthsMax));
  }
  const auto usage = usage::UsageOf(CallServer(options.data, "usage.report", "{}"));
  const auto growth = GrowthFor(options, usage);
  if (!usage::HasFullMonth(usage) && options.format != "json") {
    std::cout << UsageText(usage::SheetOf(usage));
  }
  const auto inputs = usage::LiveInputsOf(usage);
  const auto config = sizing::ConfigFromLive(inputs, growth.per_month, options.months);
  const auto result = sizing::EvaluateAll(sizing::ReadConfig(config, "live.yml"), evaluation);
  for (const auto& warning : result.warnings) std::cerr << warning << '\n';
  Emit(FormatFor(options.format, options.output), options.output,
       OutputOf(usage, growth, config, result));
  if (options.keep.empty()) return;
  WriteWholeFile(options.keep, config);
  std::cerr << fmt::format("Wrote {}; refine it and run: outpost size {}\n", options.keep,
                           options.keep);
}

void CheckHost(const sizing::SizingResult& result, const std::string& own_service,
               const std::string& data) {
  struct statvfs volume {};
  if (::statvfs(data.c_str(), &volume) != 0) {
    throw Problem(ProblemKind::kNotFound, fmt::format("There is no folder {}.", data));
  }
  const double disk = static_cast<double>(volume.f_blocks) * static_cast<double>(volume.f_frsize);
  const double memory =
      static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE));
  const auto now = usage::MonthOf(SystemClock().Now());
  const auto lacks =
      sizing::LacksOfHost(result, own_service, sizing::Month{now},
                          static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN)), memory / 1e9, disk);
  for (const auto& lack : lacks) std::cout << lack << '\n';
  if (!lacks.empty()) throw ExitCode{1};
  std::cout << "This host is large enough for the next summary date.\n";
}

}  // namespace outpost::cli
