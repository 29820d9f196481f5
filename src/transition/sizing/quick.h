#pragma once

#include <string>
#include <vector>

#include "format/sheets/table.h"
#include "transition/sizing/evaluate.h"

/// A first answer from the few questions that the transition guide asks: which configuration, which
/// machines, how much disk each year, and what CommCare HQ would need beside it.
namespace outpost::sizing {

inline constexpr int kQuickUsersMax = 5'000'000;
inline constexpr int kQuickYearsMax = 10;

struct QuickQuestions {
  int users = 0;         // mobile workers at the start
  int users_target = 0;  // at the end; 0: as at the start
  int years = 3;
  Month start;                         // first month of use
  double forms_per_user = 60;          // a month
  double new_cases_per_user = 20;      // a month
  double cases_per_form = 1.5;         // cases that one form touches
  double attachment_kb_per_form = 10;  // photos, mostly
  double syncs_per_user = 60;          // a month
  bool standby = false;                // a second machine that takes over
};

/// Machines at the end of the plan.
struct QuickMachines {
  std::string configuration;  // "pair with standby", "small cluster: five servers"
  std::string machine;        // of one server, as "8 cores, 16 GB"
  int machine_cores = 0;      // the same as figures: of the largest
  int machine_ram_gb = 0;
  double machines = 0;
  double cores = 0;
  double ram_gb = 0;
  std::vector<double> storage_gb;  // at the end of each year, without system disks
  std::string measured;            // where the figures come from
};

struct QuickAnswer {
  QuickQuestions questions;
  std::vector<int> users;            // at the end of each year
  double peak_forms_per_second = 0;  // see kPeak* in quick.cpp
  QuickMachines outpost;
  QuickMachines commcare_hq;
  std::vector<std::string> remarks;
};

/// @throws Problem kBadRequest when a figure is out of range.
QuickAnswer Quick(const QuickQuestions& questions);

/// Configuration, storage by year and remarks, ready for any renderer.
sheets::Workbook WorkbookOf(const QuickAnswer& answer);

/// The template with the answers filled in, to keep and refine.
std::string ConfigOf(const QuickQuestions& questions);

/// The row of the guide for a number of users: "single server", "micro cluster", "small cluster",
/// "large cluster"; limits 1,500, 3,500 and 15,000.
std::string GuideConfigurationFor(double users);

}  // namespace outpost::sizing
