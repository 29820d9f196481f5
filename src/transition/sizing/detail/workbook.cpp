#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <unordered_set>

#include "base/problem.h"
#include "base/text.h"
#include "format/sheets/csv.h"
#include "transition/sizing/render.h"
#include "transition/sizing/rounding.h"

namespace outpost::sizing {
namespace {

using sheets::Cell;
using sheets::Sheet;
using sheets::Table;

Cell NumberOrEmpty(double value) { return std::isnan(value) ? Cell{} : Cell{value}; }

template <typename Number>
Cell Filled(const std::optional<Number>& value) {
  return value ? Cell{static_cast<double>(*value)} : Cell{};
}

Sheet UsageSheet(const SetResult& set) {
  Table table{"", {"Month"}, {}};
  for (const auto& name : set.usage.order) table.columns.push_back(name);
  for (std::size_t i = 0; i < set.usage.months.size(); ++i) {
    std::vector<Cell> row = {FormatMonth(set.usage.months[i])};
    for (const auto& name : set.usage.order) {
      row.push_back(NumberOrEmpty((*set.usage.Find(name))[i]));
    }
    table.rows.push_back(std::move(row));
  }
  return {"Usage", {std::move(table)}};
}

Sheet RawSheet(const SizingResult& result, const SetResult& set, const ServiceResult& service) {
  const auto& unit = result.config.unit;
  Table table{
      "",
      {"Month", fmt::format("Users: {}", service.definition->usage_field), "Compute: CPU",
       "Compute: RAM", "Compute: VMs", "Compute: VMs Usage", "Compute: Additional VMs (storage)",
       "Compute: Additional VMs (RAM)", "Compute: RAM requirement", "Compute: VMs Total",
       "Data Storage: bytes", fmt::format("Data Storage: total ({})", unit.name)},
      {}};
  const auto& usage = *set.usage.Find(service.definition->usage_field);
  for (std::size_t i = 0; i < service.months.size(); ++i) {
    const auto& month = service.months[i];
    table.rows.push_back({FormatMonth(set.usage.months[i]), NumberOrEmpty(usage[i]), month.cpu,
                          month.ram_gb, 1.0 * month.nodes, 1.0 * month.nodes_usage,
                          Filled(month.nodes_for_storage), Filled(month.nodes_for_ram),
                          Filled(month.ram_needed_gb), 1.0 * month.nodes_total, month.data_bytes,
                          Filled(RoundedUp(month.storage_total_bytes, unit.exponent))});
  }
  return {fmt::format("Raw Data ({})", service.definition->name), {std::move(table)}};
}

Sheet ConfigSheet(const SizingResult& result, const SetResult& set) {
  Table about{"", {"File", result.config.file}, {{"Set", set.set.name}}};
  for (const auto& variable : set.set.variables)
    about.rows.push_back({variable.first, variable.second});
  Table text{"Text of the file", {"Line", ""}, {}};
  double number = 0;
  for (const auto line : Split(result.config.text, '\n')) {
    text.rows.push_back({++number, std::string(line)});
  }
  return {"Config", {std::move(about), std::move(text)}};
}

Sheet ComparisonSheet(const std::string& name, const Comparison& comparison) {
  return {name,
          {comparison.storage_by_group, comparison.compute_totals, comparison.storage_by_service,
           comparison.compute}};
}

std::string FileNameOf(const std::string& text) {
  std::string name;
  for (const char c : text) {
    name += std::string_view("/\\:*?\"<>|").find(c) == std::string_view::npos ? c : '-';
  }
  return name;
}

}  // namespace

sheets::Workbook WorkbookOf(const SizingResult& result, const SetResult& set, bool with_raw) {
  sheets::Workbook book;
  if (set.comparison) {
    book.sheets.push_back(ComparisonSheet("Comparisons", *set.comparison));
    book.sheets.push_back(ComparisonSheet("Incremental Comparisons", *set.incremental));
  }
  for (const auto& summary : set.summaries) {
    book.sheets.push_back({summary.sheet_name,
                           {summary.users_table, summary.storage_by_group, summary.vms_by_size,
                            summary.vms_by_type, summary.vm_summary, summary.detail}});
  }
  if (!with_raw) return book;
  book.sheets.push_back(UsageSheet(set));
  for (const auto& service : set.services) book.sheets.push_back(RawSheet(result, set, service));
  book.sheets.push_back(ConfigSheet(result, set));
  return book;
}

sheets::Workbook ComparisonWorkbookOf(const SizingResult& result) {
  OUTPOST_CHECK(result.sets_comparison.has_value());
  return {{ComparisonSheet("Comparison", *result.sets_comparison)}};
}

std::vector<std::string> WriteCsvFiles(const sheets::Workbook& workbook,
                                       const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  std::vector<std::string> names;
  std::unordered_set<std::string> used;
  for (const auto& sheet : workbook.sheets) {
    for (const auto& table : sheet.tables) {
      const auto stem = FileNameOf(sheet.name + (table.title.empty() ? "" : " - " + table.title));
      auto name = stem + ".csv";
      for (int i = 2; !used.insert(ToLower(name)).second; ++i)
        name = fmt::format("{} {}.csv", stem, i);
      std::ofstream out(folder / name, std::ios::binary);
      out << sheets::CsvOf(table);
      out.close();
      if (!out) {
        throw Problem(ProblemKind::kInternal,
                      fmt::format("Cannot write {}.", (folder / name).string()));
      }
      names.push_back(name);
    }
  }
  return names;
}

}  // namespace outpost::sizing
