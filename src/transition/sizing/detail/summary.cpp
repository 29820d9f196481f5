#include "transition/sizing/detail/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "transition/sizing/rounding.h"

namespace outpost::sizing::detail {
namespace {

using sheets::Cell;
using sheets::Table;

constexpr int kGbExponent = 9;

double NumberOf(const Cell& cell) {
  const auto* number = std::get_if<double>(&cell);
  return number == nullptr ? 0 : *number;
}

Cell OrEmpty(const std::optional<double>& value) { return value ? Cell{*value} : Cell{}; }

/// Columns of the detailed summary that others read.
constexpr std::size_t kCoresTotal = 3;
constexpr std::size_t kRamTotal = 6;
constexpr std::size_t kStorageTotal = 9;
constexpr std::size_t kVmsTotal = 12;
constexpr std::size_t kOsTotal = 16;
constexpr std::size_t kGroup = 17;
constexpr std::size_t kKey = 18;

std::vector<std::string> DetailColumns(const std::string& unit) {
  return {"Service",
          "Cores Per VM",
          "Cores HA",
          "Cores Total",
          "RAM Per VM",
          "RAM HA (GB)",
          "RAM Total (GB)",
          "Data Storage Per VM (GB)",
          fmt::format("Data Storage HA ({})", unit),
          fmt::format("Data Storage Total ({})", unit),
          fmt::format("Data Storage RAW (includes HA) ({})", unit),
          "VMs HA",
          "VMs Total",
          "VM Buffer",
          "Buffer %",
          "OS Storage HA (GB)",
          "OS Storage Total (GB)",
          "Storage Group",
          "Aggregation Key"};
}

std::vector<Cell> DetailRow(const SizingConfig& config, const ServiceResult& service,
                            const ServiceMonth& month) {
  const auto& definition = *service.definition;
  const double cores = service.cores_per_node();
  const double ram = service.ram_gb_per_node();
  const int unit = config.unit.exponent;
  const auto filled = [](double value) { return value > 0 ? Cell{value} : Cell{}; };
  return {definition.name,
          filled(cores),
          cores * month.nodes_ha,
          cores * month.nodes_total,
          filled(ram),
          ram * month.nodes_ha,
          ram * month.nodes_total,
          OrEmpty(RoundedUp(month.storage_per_node_bytes, kGbExponent)),
          OrEmpty(RoundedUp(month.storage_ha_bytes, unit)),
          OrEmpty(RoundedUp(month.storage_total_bytes, unit)),
          (month.data_bytes + month.storage_ha_bytes) / std::pow(10, unit),
          1.0 * month.nodes_ha,
          1.0 * month.nodes_total,
          1.0 * month.node_buffer,
          month.buffer_share,
          1.0 * month.nodes_ha * config.vm_os_storage_gb,
          1.0 * month.nodes_total * config.vm_os_storage_gb,
          definition.storage ? Cell{definition.storage->group} : Cell{},
          definition.aggregation_key};
}

std::vector<Cell> TotalRow(const Table& detail) {
  std::vector<Cell> total(detail.columns.size());
  total[0] = "Total";
  for (std::size_t i = 1; i < kGroup; ++i) {
    double sum = 0;
    for (const auto& row : detail.rows) sum += NumberOf(row[i]);
    total[i] = sum;
  }
  return total;
}

Table StorageByGroup(const SizingConfig& config, const Table& detail) {
  const auto& unit = config.unit;
  std::map<std::string, double> groups;
  double os_bytes = 0;
  for (const auto& row : detail.rows) {
    const auto group = sheets::CellText(row[kGroup]);
    if (!group.empty()) groups[group] += NumberOf(row[kStorageTotal]);
    os_bytes += NumberOf(row[kOsTotal]) * std::pow(10, kGbExponent);
  }
  groups[config.vm_os_storage_group] += CeilOf(os_bytes / std::pow(10, unit.exponent));
  Table table{fmt::format("Storage by Group ({})", unit.name),
              {"Group", fmt::format("Rounded Total ({})", unit.name)},
              {}};
  for (const auto& group : groups) table.rows.push_back({group.first, group.second});
  return table;
}

Table VmsBySize(const Table& detail) {
  std::map<std::string, double> sizes;
  for (const auto& row : detail.rows) {
    const bool known = !std::holds_alternative<std::monostate>(row[1]);
    sizes[known ? sheets::CellText(row[1]) + "x" + sheets::CellText(row[4]) : ""] +=
        NumberOf(row[kVmsTotal]);
  }
  Table table{"VMs by Size", {"Size (cores x GB)", "VMs Total"}, {}};
  for (const auto& size : sizes) table.rows.push_back({size.first, size.second});
  return table;
}

Table VmsByType(const Table& detail) {
  std::map<std::string, std::array<double, 3>> types;
  for (const auto& row : detail.rows) {
    auto& type = types[sheets::CellText(row[kKey])];
    type[0] += NumberOf(row[kCoresTotal]);
    type[1] += NumberOf(row[kRamTotal]);
    type[2] += NumberOf(row[kVmsTotal]);
  }
  Table table{"VMs by Type", {"Type", "Cores Total", "RAM Total (GB)", "VMs Total"}, {}};
  for (const auto& type : types) {
    table.rows.push_back({type.first, type.second[0], type.second[1], type.second[2]});
  }
  return table;
}

Table VmSummary(const SizingConfig& config, const Table& detail) {
  Table table = detail;
  table.title = "VM Summary";
  table.columns.push_back("OS Storage Per VM (GB)");
  for (auto& row : table.rows) {
    row.push_back(NumberOf(row[kVmsTotal]) > 0 ? Cell{1.0 * config.vm_os_storage_gb} : Cell{});
  }
  return table;
}

/// Rows of all summaries by their first cell, in order of first appearance.
std::vector<std::string> KeysOf(const std::vector<const Table*>& tables) {
  std::vector<std::string> keys;
  for (const auto* table : tables) {
    for (const auto& row : table->rows) {
      const auto key = sheets::CellText(row[0]);
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
    }
  }
  return keys;
}

const std::vector<Cell>* RowOf(const Table& table, const std::string& key) {
  for (const auto& row : table.rows) {
    if (sheets::CellText(row[0]) == key) return &row;
  }
  return nullptr;
}

double ValueOf(const Table& table, const std::string& key, std::size_t column) {
  const auto* row = RowOf(table, key);
  return row == nullptr ? 0 : NumberOf((*row)[column]);
}

Table CompareGroups(const std::vector<const DateSummary*>& summaries,
                    const std::vector<std::string>& labels, const std::string& unit) {
  Table table{"Storage by Group", {"Group"}, {}};
  std::vector<const Table*> tables;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    table.columns.push_back(fmt::format("{}/Rounded Total ({})", labels[i], unit));
    tables.push_back(&summaries[i]->storage_by_group);
  }
  for (const auto& key : KeysOf(tables)) {
    std::vector<Cell> row = {key};
    for (const auto* one : tables) row.push_back(ValueOf(*one, key, 1));
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table CompareServices(const std::vector<const DateSummary*>& summaries,
                      const std::vector<std::string>& labels) {
  Table table{"Storage by Service", {"Service"}, {}};
  for (const auto& label : labels) table.columns.push_back(label);
  table.columns.push_back("Group");
  for (const auto& first : summaries[0]->detail.rows) {
    const auto key = sheets::CellText(first[0]);
    std::vector<Cell> row = {key};
    bool any = false;
    for (const auto* summary : summaries) {
      const double value = ValueOf(summary->detail, key, kStorageTotal);
      any = any || value > 0;
      row.push_back(value);
    }
    row.push_back(first[kGroup]);
    if (any && key != "Total") table.rows.push_back(std::move(row));
  }
  return table;
}

Table CompareCompute(const std::vector<const DateSummary*>& summaries,
                     const std::vector<std::string>& labels) {
  Table table{"Compute Combined", {"Service"}, {}};
  for (const auto& label : labels) {
    for (const char* column : {"Cores", "RAM (GB)", "VMs"}) {
      table.columns.push_back(label + "/" + column);
    }
  }
  for (const auto& first : summaries[0]->detail.rows) {
    const auto key = sheets::CellText(first[0]);
    std::vector<Cell> row = {key};
    bool all = true;
    for (const auto* summary : summaries) {
      for (const auto column : {kCoresTotal, kRamTotal, kVmsTotal}) {
        const double value = ValueOf(summary->detail, key, column);
        all = all && value != 0;
        row.push_back(value);
      }
    }
    if (all) table.rows.push_back(std::move(row));
  }
  return table;
}

Table ComputeTotals(const std::vector<const DateSummary*>& summaries,
                    const std::vector<std::string>& labels) {
  Table table{"Compute Totals", {"", "Cores", "RAM (GB)", "VMs"}, {}};
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto& detail = summaries[i]->detail;
    table.rows.push_back({labels[i], ValueOf(detail, "Total", kCoresTotal),
                          ValueOf(detail, "Total", kRamTotal),
                          ValueOf(detail, "Total", kVmsTotal)});
  }
  return table;
}

/// Every column from first + stride on becomes the difference to the one stride before it.
void Differentiate(Table* table, std::size_t stride) {
  for (auto& row : table->rows) {
    for (std::size_t i = row.size() - 1; i > stride; --i) {
      if (!std::holds_alternative<double>(row[i])) continue;
      // Decimal figures of few digits: without this, 3.97 - 2.037 shows its binary tail.
      constexpr double kDigits = 1e9;
      row[i] = std::nearbyint((NumberOf(row[i]) - NumberOf(row[i - stride])) * kDigits) / kDigits;
    }
  }
}

}  // namespace

DateSummary Summarise(const SizingConfig& config, const SetResult& result, std::size_t month) {
  DateSummary summary;
  summary.date = result.usage.months[month];
  const double users = (*result.usage.Find("users"))[month];
  summary.users = std::isnan(users) ? 0 : users;
  summary.sheet_name = fmt::format("{} - {:.0f}K users", FormatMonth(summary.date),
                                   std::floor(summary.users / 1000));
  summary.users_table = {"User counts", {"Month", "users"}, {{FormatMonth(summary.date), users}}};
  auto& detail = summary.detail;
  detail.title = "Service Detailed Summary";
  detail.columns = DetailColumns(config.unit.name);
  for (const auto& service : result.services) {
    detail.rows.push_back(DetailRow(config, service, service.months[month]));
  }
  summary.storage_by_group = StorageByGroup(config, detail);
  summary.vms_by_size = VmsBySize(detail);
  summary.vms_by_type = VmsByType(detail);
  summary.vm_summary = VmSummary(config, detail);
  detail.rows.push_back(TotalRow(detail));
  return summary;
}

Comparison Compare(const SizingConfig& config, const std::vector<const DateSummary*>& summaries,
                   const std::vector<std::string>& labels) {
  return {CompareGroups(summaries, labels, config.unit.name), ComputeTotals(summaries, labels),
          CompareServices(summaries, labels), CompareCompute(summaries, labels)};
}

Comparison Increments(const Comparison& comparison) {
  auto result = comparison;
  Differentiate(&result.storage_by_group, 1);
  Differentiate(&result.storage_by_service, 1);
  Differentiate(&result.compute, 3);
  auto& totals = result.compute_totals.rows;
  for (std::size_t i = totals.size() - 1; i > 0; --i) {
    for (std::size_t k = 1; k < totals[i].size(); ++k) {
      totals[i][k] = NumberOf(totals[i][k]) - NumberOf(totals[i - 1][k]);
    }
  }
  return result;
}

}  // namespace outpost::sizing::detail
