#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "format/sheets/table.h"
#include "transition/sizing/model.h"
#include "transition/sizing/service.h"
#include "transition/sizing/usage.h"

namespace outpost::sizing {

/// What is needed at one date: the tables of one sheet (spec 1.7).
struct DateSummary {
  Month date;
  double users = 0;
  std::string sheet_name;  // "2024-03-01 - 2K users"
  sheets::Table users_table;
  sheets::Table storage_by_group;
  sheets::Table vms_by_size;  // a row with an empty size holds machines of unknown size
  sheets::Table vms_by_type;
  sheets::Table vm_summary;
  sheets::Table detail;  // one row per service, the last one is Total
};

/// Columns are dates (or sets); see spec 1.7 for which rows are left out.
struct Comparison {
  sheets::Table storage_by_group;
  sheets::Table compute_totals;
  sheets::Table storage_by_service;
  sheets::Table compute;  // "Compute Combined"
};

struct SetResult {
  VariableSet set;
  UsageSeries usage;
  std::vector<ServiceResult> services;    // in the order of the file
  std::vector<DateSummary> summaries;     // in the order of summary_dates
  std::optional<Comparison> comparison;   // with two dates or more
  std::optional<Comparison> incremental;  // the first date, then the differences
};

struct SizingResult {
  SizingConfig config;  // services point into it
  std::vector<SetResult> sets;
  std::optional<Comparison> sets_comparison;
  std::vector<std::string> warnings;
};

/// Cost: 600,000 users over 60 months with 20 services take milliseconds; months times services.
/// @throws Problem kMalformed naming file, line and key.
SizingResult EvaluateAll(SizingConfig config, const SizingOptions& options);

}  // namespace outpost::sizing
