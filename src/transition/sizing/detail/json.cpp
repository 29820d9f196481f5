#include <boost/json.hpp>
#include <cmath>

#include "transition/sizing/render.h"
#include "transition/sizing/rounding.h"

namespace outpost::sizing {
namespace {

namespace json = boost::json;

json::value NumberJson(double number) {
  if (std::isnan(number)) return nullptr;
  constexpr double kWholeMax = 9e15;
  if (number == std::nearbyint(number) && std::abs(number) < kWholeMax) {
    return static_cast<std::int64_t>(number);
  }
  return number;
}

json::value CellJson(const sheets::Cell& cell) {
  if (const auto* number = std::get_if<double>(&cell)) return NumberJson(*number);
  if (const auto* text = std::get_if<std::string>(&cell)) return json::string(*text);
  return nullptr;
}

json::object RowJson(const sheets::Table& table, const std::vector<sheets::Cell>& row) {
  json::object object;
  for (std::size_t i = 1; i < row.size(); ++i) object[table.columns[i]] = CellJson(row[i]);
  return object;
}

/// {first cell: {column: value}}
json::object ByKey(const sheets::Table& table) {
  json::object object;
  for (const auto& row : table.rows) object[sheets::CellText(row[0])] = RowJson(table, row);
  return object;
}

json::object ComparisonJson(const Comparison& comparison) {
  return {{"storage_by_service", ByKey(comparison.storage_by_service)},
          {"storage_by_group", ByKey(comparison.storage_by_group)},
          {"compute", ByKey(comparison.compute)}};
}

json::object SummaryJson(const DateSummary& summary) {
  json::object object;
  object["sheet_name"] = summary.sheet_name;
  object["users"] = NumberJson(summary.users);
  object["storage_by_group"] = ByKey(summary.storage_by_group);
  json::object sizes;
  json::object unknown;
  for (const auto& row : summary.vms_by_size.rows) {
    const auto size = sheets::CellText(row[0]);
    (size.empty() ? unknown["<empty>"] : sizes[size]) = CellJson(row[1]);
  }
  object["vms_by_size"] = sizes;
  object["vms_by_size_no_compute"] = unknown;
  object["vms_by_type"] = ByKey(summary.vms_by_type);
  auto services = ByKey(summary.detail);
  auto totals = RowJson(summary.detail, summary.detail.rows.back());
  totals.erase("Storage Group");
  totals.erase("Aggregation Key");
  services.erase("Total");
  object["services"] = services;
  object["totals"] = totals;
  return object;
}

json::object ServiceJson(const SizingConfig& config, const ServiceResult& service) {
  json::array cpu, ram, vms, usage, storage, per_ram, need, bytes, total, shown, buffer;
  bool has_storage = false;
  bool has_ram = false;
  for (const auto& month : service.months) {
    cpu.push_back(NumberJson(month.cpu));
    ram.push_back(NumberJson(month.ram_gb));
    vms.push_back(month.nodes);
    usage.push_back(month.nodes_usage);
    has_storage = has_storage || month.nodes_for_storage.has_value();
    has_ram = has_ram || month.nodes_for_ram.has_value();
    storage.push_back(month.nodes_for_storage.value_or(0));
    per_ram.push_back(month.nodes_for_ram.value_or(0));
    need.push_back(NumberJson(month.ram_needed_gb.value_or(0)));
    bytes.push_back(NumberJson(month.data_bytes));
    total.push_back(month.nodes_total);
    const auto rounded = RoundedUp(month.storage_total_bytes, config.unit.exponent);
    shown.push_back(rounded ? NumberJson(*rounded) : json::value(nullptr));
    buffer.push_back(NumberJson(month.buffer_share));
  }
  json::object compute = {{"CPU", cpu}, {"RAM", ram}, {"VMs", vms}, {"VMs Usage", usage}};
  if (has_storage) compute["Additional VMs (storage)"] = storage;
  if (has_ram) {
    compute["Additional VMs (RAM)"] = per_ram;
    compute["RAM requirement"] = need;
  }
  return {{"compute", compute},
          {"storage_bytes", bytes},
          {"vms_total", total},
          {"storage_total_display_unit", shown},
          {"buffer_pct", buffer}};
}

json::object SetJson(const SizingConfig& config, const SetResult& set) {
  json::object object;
  object["set"] = set.set.name;
  json::array months;
  for (const auto month : set.usage.months) months.push_back(json::string(FormatMonth(month)));
  object["months"] = months;
  json::object usage;
  for (const auto& name : set.usage.order) {
    json::array series;
    for (const double value : *set.usage.Find(name)) series.push_back(NumberJson(value));
    usage[name] = series;
  }
  object["usage"] = usage;
  json::object services;
  for (const auto& service : set.services) {
    services[service.definition->name] = ServiceJson(config, service);
  }
  object["services_by_month"] = services;
  json::object summaries;
  for (const auto& summary : set.summaries) {
    summaries[FormatMonth(summary.date)] = SummaryJson(summary);
  }
  object["summaries"] = summaries;
  if (set.comparison) object["comparisons"] = ComparisonJson(*set.comparison);
  if (set.incremental) object["incremental"] = ComparisonJson(*set.incremental);
  return object;
}

}  // namespace

std::string JsonOf(const SizingResult& result) {
  json::object root;
  root["config"] = result.config.file;
  json::array sets;
  for (const auto& set : result.sets) sets.push_back(SetJson(result.config, set));
  root["sets"] = sets;
  if (result.sets_comparison) root["sets_comparison"] = ComparisonJson(*result.sets_comparison);
  json::array warnings;
  for (const auto& warning : result.warnings) warnings.push_back(json::string(warning));
  root["warnings"] = warnings;
  return json::serialize(root) + "\n";
}

}  // namespace outpost::sizing
