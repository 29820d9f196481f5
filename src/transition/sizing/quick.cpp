#include "transition/sizing/quick.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/problem.h"
#include "transition/sizing/read_config.h"
#include "transition/sizing/templates.h"

namespace outpost::sizing {
namespace {

// Field work has a rhythm: most forms of a month arrive on working days, in working hours, and the
// busiest hour has several times the average of those.
constexpr double kPeakDaysPerMonth = 22;
constexpr double kPeakHoursPerDay = 8;
constexpr double kPeakFactor = 4;

constexpr int kSingleServerUsers = 1500;
constexpr int kMicroClusterUsers = 3500;
constexpr int kSmallClusterUsers = 15000;

void CheckRange(const char* option, double value, double low, double high) {
  if (!(value >= low && value <= high)) {
    throw Problem(ProblemKind::kBadRequest,
                  fmt::format("--{} must be from {} to {}; it is {}.", option, low, high, value));
  }
}

void Check(const QuickQuestions& q) {
  constexpr double kPerMonthMax = 100'000;
  CheckRange("users", q.users, 1, kQuickUsersMax);
  CheckRange("target", q.users_target, 0, kQuickUsersMax);
  CheckRange("years", q.years, 1, kQuickYearsMax);
  CheckRange("forms", q.forms_per_user, 0, kPerMonthMax);
  CheckRange("cases", q.new_cases_per_user, 0, kPerMonthMax);
  CheckRange("cases-per-form", q.cases_per_form, 0, 1000);
  CheckRange("attachment-kb", q.attachment_kb_per_form, 0, 1'000'000);
  CheckRange("syncs", q.syncs_per_user, 0, kPerMonthMax);
}

int TargetOf(const QuickQuestions& q) { return q.users_target == 0 ? q.users : q.users_target; }

/// Users grow by the same number every month.
int UsersIn(const QuickQuestions& q, int month) {
  const int months = q.years * 12;
  const double share = months == 1 ? 1.0 : 1.0 * month / (months - 1);
  return static_cast<int>(std::lround(q.users + (TargetOf(q) - q.users) * share));
}

SizingResult Evaluate(const QuickQuestions& q, std::string_view name) {
  auto config = ReadConfig(TemplateNamed(name).text, std::string(name) + ".yml");
  for (auto& model : config.usage) {
    if (model.name != "users") continue;
    model.ranges.clear();
    for (int i = 0; i < q.years * 12; ++i) {
      const Month month{q.start.index + i};
      model.ranges.push_back({month, month, {1.0 * UsersIn(q, i), "", {}}});
    }
  }
  config.summary_dates.clear();
  for (int year = 1; year <= q.years; ++year) {
    config.summary_dates.emplace_back(Month{q.start.index + year * 12 - 1}, Position{});
  }
  config.sets = {{"quick",
                  {{"forms_per_user", fmt::format("{}", q.forms_per_user)},
                   {"new_cases_per_user", fmt::format("{}", q.new_cases_per_user)},
                   {"cases_per_form", fmt::format("{}", q.cases_per_form)},
                   {"attachment_kb_per_form", fmt::format("{}", q.attachment_kb_per_form)},
                   {"syncs_per_user", fmt::format("{}", q.syncs_per_user)}}}};
  return EvaluateAll(std::move(config), {});
}

QuickMachines MachinesOf(const SizingResult& result, std::string configuration) {
  QuickMachines machines;
  machines.configuration = std::move(configuration);
  machines.measured = result.config.measured;
  const auto& set = result.sets[0];
  std::size_t sizes = 0;
  for (const auto& service : set.services) {
    const auto& last = service.months.back();
    if (service.cores_per_node() == 0) continue;
    machines.machines += last.nodes_total;
    machines.cores += 1.0 * last.nodes_total * service.cores_per_node();
    machines.ram_gb += 1.0 * last.nodes_total * service.ram_gb_per_node();
    machines.machine =
        fmt::format("{} cores, {} GB", service.cores_per_node(), service.ram_gb_per_node());
    machines.machine_cores = std::max(machines.machine_cores, service.cores_per_node());
    machines.machine_ram_gb = std::max(machines.machine_ram_gb, service.ram_gb_per_node());
    ++sizes;
  }
  if (sizes > 1) machines.machine = "by role, see the resource model";
  for (const auto& summary : set.summaries) {
    const auto month = static_cast<std::size_t>(summary.date.index - set.usage.months[0].index);
    double bytes = 0;
    for (const auto& service : set.services) bytes += service.months[month].storage_total_bytes;
    constexpr double kBytesPerGb = 1e9;
    machines.storage_gb.push_back(std::ceil(bytes / kBytesPerGb));
  }
  return machines;
}

QuickMachines HqMachines(const QuickQuestions& q, int users) {
  if (users < kSingleServerUsers) {
    return MachinesOf(Evaluate(q, "commcare-hq-single"), "single server");
  }
  if (users < kMicroClusterUsers) {
    return MachinesOf(Evaluate(q, "commcare-hq-micro"), "micro cluster: two servers");
  }
  if (users < kSmallClusterUsers) {
    return MachinesOf(Evaluate(q, "commcare-hq-small"), "small cluster: five servers");
  }
  return MachinesOf(Evaluate(q, "commcare-hq-large"), "large cluster: machines by role");
}

void AddRemarks(QuickAnswer* answer) {
  auto& remarks = answer->remarks;
  if (answer->outpost.measured == "no") {
    remarks.push_back(
        "Outpost's capacity and sizes are estimates until a load test on your hardware has "
        "written measured ones.");
  }
  remarks.push_back("CommCare HQ's figures: " + answer->commcare_hq.measured + ".");
  remarks.push_back(
      "Use solid-state disks; system disks and the backup's other place come on top.");
  if (!answer->questions.standby) {
    remarks.push_back("One machine has no redundancy: ask again with --standby for a pair.");
  }
  if (answer->outpost.machines > 2) {
    remarks.push_back(
        "More than one working machine: the roles need PostgreSQL and a shared object store.");
  }
}

}  // namespace

std::string GuideConfigurationFor(double users) {
  if (users < kSingleServerUsers) return "single server";
  if (users < kMicroClusterUsers) return "micro cluster";
  if (users < kSmallClusterUsers) return "small cluster";
  return "large cluster";
}

QuickAnswer Quick(const QuickQuestions& q) {
  Check(q);
  QuickAnswer answer;
  answer.questions = q;
  for (int year = 1; year <= q.years; ++year) answer.users.push_back(UsersIn(q, year * 12 - 1));
  const int most = std::max(q.users, TargetOf(q));
  answer.peak_forms_per_second =
      most * q.forms_per_user * kPeakFactor / (kPeakDaysPerMonth * kPeakHoursPerDay * 3600);
  answer.outpost = MachinesOf(Evaluate(q, q.standby ? "outpost-pair" : "outpost"),
                              q.standby ? "pair with standby" : "single machine");
  const double working = q.standby ? answer.outpost.machines / 2 : answer.outpost.machines;
  if (working > 1) {
    answer.outpost.configuration = q.standby ? "cluster by role with standbys" : "cluster by role";
  }
  answer.commcare_hq = HqMachines(q, most);
  AddRemarks(&answer);
  return answer;
}

sheets::Workbook WorkbookOf(const QuickAnswer& answer) {
  using sheets::Cell;
  sheets::Table machines{"Configuration",
                         {"", "Configuration", "Machines", "One machine", "Cores", "RAM (GB)",
                          "Storage at the end (GB)"},
                         {}};
  for (const auto* side : {&answer.outpost, &answer.commcare_hq}) {
    machines.rows.push_back({side == &answer.outpost ? "Outpost" : "CommCare HQ",
                             side->configuration, side->machines, side->machine, side->cores,
                             side->ram_gb, side->storage_gb.back()});
  }
  sheets::Table storage{
      "Storage by year", {"Year", "Month", "Users", "Outpost (GB)", "CommCare HQ (GB)"}, {}};
  for (std::size_t i = 0; i < answer.users.size(); ++i) {
    const auto year = static_cast<int>(i) + 1;
    storage.rows.push_back(
        {1.0 * year, FormatYearMonth({answer.questions.start.index + year * 12 - 1}),
         1.0 * answer.users[i], answer.outpost.storage_gb[i], answer.commcare_hq.storage_gb[i]});
  }
  sheets::Table load{"Load", {"Figure", "Value"}, {}};
  load.rows.push_back(
      {"Forms a month at the end",
       std::nearbyint(TargetOf(answer.questions) * answer.questions.forms_per_user)});
  load.rows.push_back(
      {"Forms a second in the busiest hour", std::ceil(answer.peak_forms_per_second * 10) / 10});
  load.rows.push_back(
      {"Row of the transition guide",
       GuideConfigurationFor(std::max(answer.questions.users, TargetOf(answer.questions)))});
  sheets::Table remarks{"Remarks", {"Remark"}, {}};
  for (const auto& remark : answer.remarks) remarks.rows.push_back({remark});
  return {{{"Quick answer",
            {std::move(machines), std::move(storage), std::move(load), std::move(remarks)}}}};
}

std::string ConfigOf(const QuickQuestions& q) {
  Check(q);
  const std::string text(TemplateNamed(q.standby ? "outpost-pair" : "outpost").text);
  std::string ranges = "    ranges:\n";
  for (int i = 0; i < q.years * 12; ++i) {
    const int month = q.start.index + i;
    ranges +=
        fmt::format("      - ['{:04}{:02}01', {}]\n", month / 12, month % 12 + 1, UsersIn(q, i));
  }
  std::string out;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const auto end = std::min(text.find('\n', begin), text.size());
    const auto line = text.substr(begin, end - begin);
    begin = end + 1;
    const auto starts = [&](std::string_view what) {
      return line.find(what) == line.find_first_not_of(" -") &&
             line.find(what) != std::string::npos;
    };
    const auto with_value = [&](std::string_view key, double value) {
      return fmt::format("{}{}: {}", line.substr(0, line.find(key)), key, value);
    };
    if (starts("ranges:")) {
      out += ranges;
      continue;
    }
    if (starts("forms_per_user:")) {
      out += with_value("forms_per_user", q.forms_per_user);
    } else if (starts("new_cases_per_user:")) {
      out += with_value("new_cases_per_user", q.new_cases_per_user);
    } else if (starts("cases_per_form:")) {
      out += with_value("cases_per_form", q.cases_per_form);
    } else if (starts("attachment_kb_per_form:")) {
      out += with_value("attachment_kb_per_form", q.attachment_kb_per_form);
    } else if (starts("syncs_per_user:")) {
      out += with_value("syncs_per_user", q.syncs_per_user);
    } else {
      out += line;
    }
    out += '\n';
  }
  return out;
}

}  // namespace outpost::sizing
