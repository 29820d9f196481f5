#include "transition/sizing/live.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace outpost::sizing {
namespace {

constexpr double kBytesPerGb = 1e9;
constexpr std::int64_t kTrendWindow = 30 * kMicrosPerDay;

/// A comment must not end its line early.
std::string Comment(const std::string& source) {
  auto text = source;
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return text.empty() ? "no source given" : text;
}

std::string Sizes(const LiveInputs& in) {
  const auto row = [](const char* field, const LiveValue& value) {
    return fmt::format("        - {{referenced_field: '{}', unit_size: {:.0f}}}  # {}\n", field,
                       std::ceil(value.value), Comment(value.source));
  };
  return row("forms_total", in.form_bytes) + row("cases_total", in.case_bytes) +
         row("case_changes_total", in.case_change_bytes) +
         row("forms_total", in.search_bytes_per_form) +
         row("forms_total", in.attachment_bytes_per_form);
}

std::string Usage(const LiveInputs& in, double growth, int months) {
  std::string out = fmt::format("usage:\n  users:  # {}; growing by {:.2f} % a month\n",
                                Comment(in.users.source), growth * 100);
  out += "    model: 'date_range_value'\n    ranges:\n";
  for (int i = 1; i <= months; ++i) {
    const int month = in.month.index + i;
    out += fmt::format("      - ['{:04}{:02}01', {:.0f}]\n", month / 12, month % 12 + 1,
                       in.users.value * std::pow(1 + growth, i));
  }
  const auto factor = [](const char* name, const char* of, const LiveValue& value) {
    return fmt::format(
        "  {}:\n    model: 'derived_factor'\n    dependant_field: '{}'\n    factor: {:.4f}  # {}\n",
        name, of, value.value, Comment(value.source));
  };
  const auto total = [](const char* name, const char* of, const LiveValue& start) {
    return fmt::format(
        "  {}:\n    model: 'cumulative'\n    dependant_field: '{}'\n    start_with: {:.0f}  # {}\n",
        name, of, start.value, Comment(start.source));
  };
  out += factor("forms", "users", in.forms_per_user);
  out += total("forms_total", "forms", in.forms_total);
  out += factor("cases", "users", in.new_cases_per_user);
  out += total("cases_total", "cases", in.cases_total);
  out += factor("case_changes", "forms", in.cases_per_form);
  LiveValue changes{in.forms_total.value * in.cases_per_form.value,
                    "forms so far times the factor"};
  return out + total("case_changes_total", "case_changes", changes);
}

std::string MeasuredText(const LiveInputs& in) {
  if (!in.are_sizes_measured) return "no";
  return in.users_per_node ? "this server, " + FormatYearMonth(in.month)
                           : "sizes: this server; capacity of a node: not measured";
}

/// Each year of the plan, and its end.
std::string SummaryDates(const LiveInputs& in, int months) {
  constexpr int kYear = 12;
  std::string dates;
  for (int i = kYear; i < months; i += kYear) {
    dates += "'" + FormatYearMonth({in.month.index + i}) + "', ";
  }
  return "summary_dates: [" + dates + "'" + FormatYearMonth({in.month.index + months}) + "']\n";
}

}  // namespace

std::string ConfigFromLive(const LiveInputs& in, double growth_per_month, int months) {
  std::string out = fmt::format(
      "# Written from the running server's own figures at the end of {}.\n"
      "measured: '{}'\n"
      "estimation_buffer: 0.25\nstorage_buffer: 0.33\nstorage_display_unit: GB\n"
      "vm_os_storage_gb: 40\nvm_os_storage_group: 'system disks'\n",
      FormatYearMonth(in.month), MeasuredText(in));
  out += SummaryDates(in, months);
  out += Usage(in, growth_per_month, months);
  out += "services:\n  outpost:\n";
  if (in.users_per_node) {
    out += fmt::format("    usage_capacity_per_node: {:.0f}  # {}\n",
                       std::floor(in.users_per_node->value), Comment(in.users_per_node->source));
  } else {
    out += "    static_number: 1  # run a load test to learn how many users one machine carries\n";
  }
  out += fmt::format(
      "    process: {{cores_per_node: {}, ram_per_node: {:.0f}}}  # this host\n"
      "    storage:\n      group: 'fast disks'\n      data_models:\n",
      in.cores, std::floor(in.ram_gb));
  return out + Sizes(in);
}

std::optional<DiskForecast> ForecastDisk(const std::vector<DiskSample>& used,
                                         double capacity_bytes) {
  if (used.empty()) return {};
  const auto last = used.back();
  double n = 0, sum_x = 0, sum_y = 0, sum_xx = 0, sum_xy = 0, first_day = 0;
  for (const auto& sample : used) {
    if (last.at - sample.at > kTrendWindow) continue;
    const double x = static_cast<double>(sample.at - last.at) / static_cast<double>(kMicrosPerDay);
    first_day = std::min(first_day, x);
    n += 1;
    sum_x += x;
    sum_y += sample.used_bytes;
    sum_xx += x * x;
    sum_xy += x * sample.used_bytes;
  }
  if (-first_day < kForecastDaysMin) return {};
  DiskForecast forecast;
  forecast.bytes_per_day = (n * sum_xy - sum_x * sum_y) / (n * sum_xx - sum_x * sum_x);
  const double free = capacity_bytes - last.used_bytes;
  const double days = forecast.bytes_per_day > 0 ? free / forecast.bytes_per_day : INFINITY;
  if (free <= 0) {
    forecast.full_at = last.at;
    forecast.sentence = "The disk is full.";
  } else if (days > kForecastYearsMax * 365.0) {
    forecast.sentence =
        fmt::format("The disk will not be full within {} years.", kForecastYearsMax);
  } else {
    forecast.full_at = last.at + static_cast<std::int64_t>(days) * kMicrosPerDay;
    forecast.sentence =
        fmt::format("At this growth ({:.2f} GB a day) the disk is full on {}.",
                    forecast.bytes_per_day / kBytesPerGb, FormatDate(*forecast.full_at));
  }
  return forecast;
}

std::vector<std::string> LacksOfHost(const SizingResult& result, const std::string& own_service,
                                     Month now, int cores, double ram_gb, double disk_bytes) {
  std::vector<std::string> lacks;
  const auto& set = result.sets[0];
  const auto next = std::find_if(set.summaries.begin(), set.summaries.end(),
                                 [now](const DateSummary& one) { return one.date >= now; });
  if (next == set.summaries.end()) {
    return {fmt::format("No summary date at or after {} in {}.", FormatYearMonth(now),
                        result.config.file)};
  }
  const auto month = static_cast<std::size_t>(
      std::find(set.usage.months.begin(), set.usage.months.end(), next->date) -
      set.usage.months.begin());
  for (const auto& service : set.services) {
    if (service.definition->name != own_service) continue;
    const auto when = FormatYearMonth(next->date);
    if (cores < service.cores_per_node()) {
      lacks.push_back(fmt::format("{}: {} cores are needed, this host has {}.", when,
                                  service.cores_per_node(), cores));
    }
    if (ram_gb < service.ram_gb_per_node()) {
      lacks.push_back(fmt::format("{}: {} GB of memory are needed, this host has {:.1f} GB.", when,
                                  service.ram_gb_per_node(), ram_gb));
    }
    const double needed = service.months[month].storage_per_node_bytes;
    if (disk_bytes < needed) {
      lacks.push_back(fmt::format("{}: {:.0f} GB of disk are needed, this host has {:.0f} GB.",
                                  when, std::ceil(needed / kBytesPerGb),
                                  std::floor(disk_bytes / kBytesPerGb)));
    }
  }
  return lacks;
}

}  // namespace outpost::sizing
