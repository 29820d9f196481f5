#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/problem.h"

/// The resource model: one YAML file says how many people will do how much, and how much of each
/// machine that takes; the answer is machines and disks per service and month.
/// Source: spec migration-and-operations 1. The file format and every rule of the calculation are
/// those that projects have been keeping files for, with their quirks; see each header.
///
///   text -> ReadConfig -> SizingConfig -> EvaluateAll -> SizingResult -> workbook, JSON, page
namespace outpost::sizing {

/// A calendar month.
struct Month {
  int index = 0;  // year * 12 + month - 1

  friend auto operator<=>(const Month&, const Month&) = default;
};
std::string FormatMonth(Month month);      // "2024-03-01"
std::string FormatYearMonth(Month month);  // "2024-03"

/// A number, or the name of a variable that a set fills in: written '{name}'.
struct NumberOrVariable {
  double number = 0;
  std::string variable;
  Position at;
};

enum class UsageKind : std::uint8_t {
  kDateRangeValue,
  kCumulative,
  kCumulativeLimitedLifespan,
  kDerivedSum,
  kDerivedFactor,
  kProduct,
  kBaselineWithGrowth,
};

/// Months from first to last, both included.
struct DateRange {
  Month first;
  Month last;
  NumberOrVariable value;
};

struct UsageModel {
  std::string name;
  UsageKind kind = UsageKind::kDateRangeValue;
  Position at;
  std::vector<DateRange> ranges;
  std::vector<std::string> fields;  // what it depends on
  NumberOrVariable factor;
  double start_with = 0;
  int lifespan = 0;  // months
  double baseline = 0;
  double monthly_growth = 0;
};

/// Usage of a field times a size.
struct DataModel {
  std::string referenced_field;
  std::uint64_t unit_bytes = 0;
  Position at;
};

struct StorageDefinition {
  std::string group;
  int redundancy_factor = 1;
  std::uint64_t static_baseline_bytes = 0;
  std::vector<DataModel> data_models;
  std::optional<double> override_storage_buffer;
  std::optional<double> override_estimation_buffer;
};

struct SubProcess {
  std::string name;
  std::optional<int> static_number;
  double capacity = 0;  // usage one process takes, when there is no static_number
};

struct ProcessDefinition {
  int cores_per_node = 0;
  int ram_gb_per_node = 0;
  double ram_static_baseline_gb = 0;
  std::vector<DataModel> ram_models;
  int ram_redundancy_factor = 1;
  double cores_per_sub_process = 0;
  double ram_gb_per_sub_process = 0;
  std::vector<SubProcess> sub_processes;
};

struct ServiceDefinition {
  std::string name;
  Position at;
  std::string usage_field = "users";
  int usage_capacity_per_node = 0;
  int static_number = 0;
  int min_nodes = 0;
  bool include_ha_resources = false;
  bool storage_scales_with_nodes = false;
  std::uint64_t min_storage_per_node_bytes = 0;
  std::uint64_t max_storage_per_node_bytes = 0;  // 0: no ceiling
  std::string aggregation_key;
  std::optional<StorageDefinition> storage;
  std::optional<ProcessDefinition> process;
};

/// One combination of variables. `name` joins the names of its items with '-'.
struct VariableSet {
  std::string name = "default";
  std::map<std::string, std::string> variables;
};

/// The unit of all storage columns.
struct DisplayUnit {
  std::string name = "GB";
  int exponent = 9;  // bytes = value * 10^exponent
};

struct SizingConfig {
  std::string file;  // for messages
  std::string text;  // as read, for the Config sheet
  std::string
      measured;  // where the unit sizes come from; "no": estimates. Ours; upstream ignores it
  double estimation_buffer = 0;
  double estimation_growth_factor = 0;
  double storage_buffer = 0;
  DisplayUnit unit;
  std::vector<std::pair<Month, Position>> summary_dates;  // empty: the last usage month
  int vm_os_storage_gb = 0;
  std::string vm_os_storage_group;
  std::optional<Month> sets_summary_date;
  std::vector<VariableSet> sets;  // at least one
  std::vector<UsageModel> usage;
  std::vector<ServiceDefinition> services;
  std::vector<std::string> warnings;
};

}  // namespace outpost::sizing
