#include "format/sheets/page.h"

#include <fmt/format.h>

#include <cmath>

#include "base/text.h"
#include "format/sheets/text.h"
#include "transition/sizing/render.h"

namespace outpost::sizing {
namespace {

std::vector<std::string> MonthLabels(const SetResult& set) {
  std::vector<std::string> labels;
  for (const auto month : set.usage.months) labels.push_back(FormatYearMonth(month));
  return labels;
}

sheets::Plot UsersPlot(const SetResult& set) {
  return {"Users", "users", MonthLabels(set), {{"users", *set.usage.Find("users")}}};
}

sheets::Plot StoragePlot(const SizingConfig& config, const SetResult& set) {
  sheets::Plot plot{"Data storage by service", config.unit.name, MonthLabels(set), {}};
  for (const auto& service : set.services) {
    std::vector<double> values;
    for (const auto& month : service.months) {
      values.push_back(month.storage_total_bytes / std::pow(10, config.unit.exponent));
    }
    plot.lines.emplace_back(service.definition->name, std::move(values));
  }
  return plot;
}

sheets::Plot ComputePlot(const SetResult& set) {
  std::vector<double> cores(set.usage.months.size(), 0);
  std::vector<double> ram(set.usage.months.size(), 0);
  for (const auto& service : set.services) {
    for (std::size_t i = 0; i < service.months.size(); ++i) {
      cores[i] += 1.0 * service.cores_per_node() * service.months[i].nodes_total;
      ram[i] += 1.0 * service.ram_gb_per_node() * service.months[i].nodes_total;
    }
  }
  return {"Cores and memory, all services",
          "cores, GB",
          MonthLabels(set),
          {{"cores", std::move(cores)}, {"memory (GB)", std::move(ram)}}};
}

std::string SetPage(const SizingResult& result, const SetResult& set) {
  std::string body;
  if (result.sets.size() > 1) body += fmt::format("<h2>Set {}</h2>", EscapeMarkup(set.set.name));
  body += sheets::SideBySide({UsersPlot(set), StoragePlot(result.config, set), ComputePlot(set)});
  for (const auto& sheet : WorkbookOf(result, set, false).sheets) {
    body += fmt::format("<h2>{}</h2>\n", EscapeMarkup(sheet.name));
    body += sheets::SideBySide(sheet.tables);
  }
  return body;
}

}  // namespace

std::string PageBodyOf(const SizingResult& result) {
  auto body = fmt::format("<h1>Sizing: {}</h1>\n", EscapeMarkup(result.config.file));
  for (const auto& warning : result.warnings) {
    body += fmt::format("<p class='note'>{}</p>\n", EscapeMarkup(warning));
  }
  if (result.sets_comparison) {
    for (const auto& sheet : ComparisonWorkbookOf(result).sheets) {
      body += "<h2>All sets</h2>" + sheets::SideBySide(sheet.tables);
    }
  }
  for (const auto& set : result.sets) body += SetPage(result, set);
  return body;
}

std::string HtmlOf(const SizingResult& result) {
  return sheets::HtmlPage("Sizing: " + result.config.file, PageBodyOf(result), sheets::kWidePage);
}

std::string TextOf(const SizingResult& result) {
  std::string out;
  for (const auto& set : result.sets) {
    if (result.sets.size() > 1) {
      out += fmt::format("Generating data for set '{}'\n\n", set.set.name);
    }
    for (const auto& sheet : WorkbookOf(result, set, false).sheets) {
      out += fmt::format("==== {} ====\n\n", sheet.name);
      for (const auto& table : sheet.tables) out += sheets::TextOf(table) + "\n";
    }
  }
  if (result.sets_comparison) {
    for (const auto& sheet : ComparisonWorkbookOf(result).sheets) {
      out += "==== comparison ====\n\n";
      for (const auto& table : sheet.tables) out += sheets::TextOf(table) + "\n";
    }
  }
  return out;
}

}  // namespace outpost::sizing
