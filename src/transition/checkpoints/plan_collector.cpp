#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <sstream>

#include "base/text.h"
#include "transition/checkpoints/collectors.h"
#include "transition/plan/scale.h"
#include "transition/sizing/evaluate.h"
#include "transition/sizing/quick.h"
#include "transition/sizing/read_config.h"

namespace outpost::transition {
namespace {

using plan::Plan;

Evidence Seen(Verdict verdict, std::string sentence,
              std::map<std::string, std::string> figures = {}) {
  Evidence evidence;
  evidence.verdict = verdict;
  evidence.sentence = std::move(sentence);
  evidence.figures = std::move(figures);
  return evidence;
}

Evidence NotYet(const std::string& needs) {
  return Seen(Verdict::kNotYet, "not yet: needs " + needs);
}

std::string Count(std::size_t count) { return std::to_string(count); }

Evidence Drawing(const Plan& plan) {
  std::size_t machines = 0;
  for (const auto& environment : plan.environments) machines += environment.machines.size();
  std::map<std::string, std::string> figures = {{"environments", Count(plan.environments.size())},
                                                {"machines", Count(machines)},
                                                {"integrations", Count(plan.integrations.size())}};
  if (plan.integrations.empty()) {
    return Seen(Verdict::kNotYet,
                "not yet: needs the systems that are connected ([[integration]]); the drawing "
                "shows none",
                figures);
  }
  return Seen(Verdict::kHolds,
              fmt::format("the drawing shows {} environments with {} machines, and {} integrations",
                          plan.environments.size(), machines, plan.integrations.size()),
              figures);
}

Evidence Apps(const Plan& plan) {
  if (plan.apps.empty()) return NotYet("the apps ([[app]] with version and users)");
  int users = 0;
  for (const auto& app : plan.apps) {
    if (app.version.empty() || app.users_planned == 0) {
      return NotYet(fmt::format("version and users of the app '{}'", app.name));
    }
    users += app.users;
  }
  return Seen(Verdict::kHolds,
              fmt::format("the plan lists {} apps with their versions, {} users today",
                          plan.apps.size(), users),
              {{"apps", Count(plan.apps.size())}, {"users", std::to_string(users)}});
}

Evidence Since(const Plan& plan) {
  if (plan.apps.empty()) return NotYet("the apps ([[app]] with collecting_since)");
  std::string text;
  for (const auto& app : plan.apps) {
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", app.name,
                        app.collecting_since.empty() ? "not yet" : "since " + app.collecting_since);
  }
  return Seen(Verdict::kHolds, text);
}

Evidence Scale(const Plan& plan) {
  if (!plan.scale.sizing_file.empty()) {
    std::ifstream in(plan.folder / plan.scale.sizing_file, std::ios::binary);
    if (!in) return Seen(Verdict::kFails, plan.scale.sizing_file + " cannot be read");
    std::stringstream text;
    text << in.rdbuf();
    try {
      const auto result =
          sizing::EvaluateAll(sizing::ReadConfig(text.str(), plan.scale.sizing_file), {});
      if (result.config.summary_dates.empty()) {
        return NotYet("summary_dates in " + plan.scale.sizing_file);
      }
    } catch (const Problem& problem) {
      return Seen(Verdict::kFails, problem.told());
    }
  }
  return Seen(
      Verdict::kHolds,
      fmt::format("{} users from {}, {} after {} years; the sizing evaluates", plan.scale.users,
                  plan.scale.start, plan.scale.users_target, plan.scale.years),
      {{"users", std::to_string(plan.scale.users)},
       {"users_target", std::to_string(plan.scale.users_target)}});
}

Evidence Machines(const Plan& plan) {
  const auto answer = sizing::Quick(plan::QuestionsOf(plan));
  double cores = 0;
  double ram = 0;
  double disk = 0;
  for (const auto& machine : plan.environments.front().machines) {
    cores += machine.cores;
    ram += machine.ram_gb;
    disk += machine.disk_gb;
  }
  const auto& need = answer.outpost;
  std::map<std::string, std::string> figures = {
      {"machine_cores_needed", std::to_string(need.machine_cores)},
      {"machine_ram_gb_needed", std::to_string(need.machine_ram_gb)},
      {"cores_needed", fmt::format("{:.0f}", need.cores)},
      {"cores", fmt::format("{:.0f}", cores)},
      {"ram_gb_needed", fmt::format("{:.0f}", need.ram_gb)},
      {"ram_gb", fmt::format("{:.0f}", ram)},
      {"disk_gb_needed", fmt::format("{:.0f}", need.storage_gb.back())},
      {"disk_gb", fmt::format("{:.0f}", disk)}};
  std::string lacks;
  const auto compare = [&](const char* what, double has, double needs) {
    if (has < needs)
      lacks += fmt::format("{}{}: {:.0f} of {:.0f}", lacks.empty() ? "" : ", ", what, has, needs);
  };
  compare("cores", cores, need.cores);
  compare("memory (GB)", ram, need.ram_gb);
  compare("disk (GB)", disk, need.storage_gb.back());
  if (!lacks.empty()) {
    return Seen(Verdict::kFails, "the machines of the plan are too small: " + lacks, figures);
  }
  return Seen(Verdict::kHolds,
              fmt::format("{}: the machines of the plan cover {} users after {} years",
                          need.configuration, plan.scale.users_target, plan.scale.years),
              figures);
}

Evidence Specification(const Plan& plan) {
  for (const auto& environment : plan.environments) {
    for (const auto& machine : environment.machines) {
      if (machine.cores == 0 || machine.ram_gb == 0 || machine.disk_gb == 0) {
        return NotYet(fmt::format("cores, ram_gb and disk_gb of '{}'", machine.name));
      }
    }
  }
  return Seen(Verdict::kHolds, "the plan gives cores, memory and disk of every machine");
}

Evidence Row(const Plan& plan, std::string_view row) {
  const int users = std::max(plan.scale.users, plan.scale.users_target);
  const auto applies = sizing::GuideConfigurationFor(users);
  return Seen(Verdict::kHolds,
              fmt::format("{}: with {} users the row is '{}'",
                          applies == row ? "applies" : "does not apply", users, applies));
}

Evidence Text(const std::string& text, const char* key) {
  return text.empty() ? NotYet(fmt::format("an answer in the plan ({})", key))
                      : Seen(Verdict::kHolds, text);
}

/// What a person wrote into the plan is that person's answer.
Evidence People(const Plan& plan, std::string_view duty) {
  std::string names;
  for (const auto* person : plan.PeopleWith(duty)) {
    names += (names.empty() ? "" : ", ") + person->name;
  }
  return names.empty() ? NotYet(fmt::format("a person with the duty {} in the plan", duty))
                       : Seen(Verdict::kHolds, names);
}

Evidence BackupJobs(const Plan& plan) {
  const auto& backup = plan.backup;
  if (backup.second_place.empty()) {
    return NotYet("a second place for the backups ([backup] second_place)");
  }
  return Seen(Verdict::kHolds,
              fmt::format("every night at {} into {}, copies at {}", backup.time, backup.folder,
                          backup.second_place),
              {{"daily", std::to_string(backup.keep_daily)},
               {"weekly", std::to_string(backup.keep_weekly)},
               {"monthly", std::to_string(backup.keep_monthly)}});
}

using Judge = std::function<Evidence(const Plan&)>;

using Judges = std::map<std::string_view, Judge>;

/// Phase 1: what is planned.
const Judges& DesignJudges() {
  static const Judges kJudges = {
      {"C1.1", Drawing},
      {"Q1.1", [](const Plan&) { return Seen(Verdict::kHolds, "architecture.html of the plan"); }},
      {"I1.3", Drawing},
      {"C1.2", Apps},
      {"Q1.4", Apps},
      {"I1.2", Apps},
      {"Q1.5", Since},
      {"C1.3", Scale},
      {"Q1.2", Scale},
      {"I1.5", Scale},
      {"R1.1", Scale},
      {"A1.scale.1", Scale},
      {"C1.4", Machines},
      {"Q1.3", [](const Plan&) { return Seen(Verdict::kHolds, "sizing.html of the plan"); }},
      {"S1.1", [](const Plan& plan) { return Row(plan, "single server"); }},
      {"S1.2", [](const Plan& plan) { return Row(plan, "micro cluster"); }},
      {"S1.3", [](const Plan& plan) { return Row(plan, "small cluster"); }},
      {"S1.4", [](const Plan& plan) { return Row(plan, "large cluster"); }},
  };
  return kJudges;
}

/// Phase 2: the place where the machines stand.
const Judges& PlaceJudges() {
  static const Judges kJudges = {
      {"Q2.2.1", Specification},
      {"Q2.2.2",
       [](const Plan& plan) {
         return Seen(Verdict::kHolds, plan.data_centre.virtual_machines
                                          ? "virtual machines, says the plan"
                                          : "physical machines, says the plan");
       }},
      {"Q2.2.3",
       [](const Plan& plan) { return Text(plan.data_centre.disk_growth, "disk_growth"); }},
      {"Q2.2.4",
       [](const Plan& plan) {
         return Text(plan.data_centre.internet_provider, "internet_provider");
       }},
      {"Q2.2.8",
       [](const Plan& plan) { return Text(plan.data_centre.ups_shutdown, "ups_shutdown"); }},
      {"Q2.2.5",
       [](const Plan& plan) { return Text(plan.data_centre.network_support, "network_support"); }},
      {"Q2.2.7",
       [](const Plan& plan) {
         const int minutes = plan.data_centre.ups_minutes;
         return Text(minutes == 0 ? "" : fmt::format("{} minutes", minutes), "ups_minutes");
       }},
      {"Q2.2.9",
       [](const Plan& plan) { return Text(plan.data_centre.certificates, "certificates"); }},
      {"Q2.2.10",
       [](const Plan& plan) {
         return Text(plan.data_centre.physical_security, "physical_security");
       }},
      {"Q2.2.11", [](const Plan& plan) { return Text(plan.data_centre.appliances, "appliances"); }},
      {"Q2.2.12",
       [](const Plan& plan) { return Text(plan.data_centre.maintenance, "maintenance"); }},
      {"K2.3",
       [](const Plan& plan) {
         return Seen(Verdict::kHolds, plan.data_centre.virtual_machines ? "virtual" : "physical");
       }},
  };
  return kJudges;
}

/// The phases after it: backups, people, documents.
const Judges& RunningJudges() {
  static const Judges kJudges = {
      {"I1.1",
       [](const Plan& plan) {
         return Seen(Verdict::kHolds,
                     fmt::format("{} environments in the plan", plan.environments.size()));
       }},
      {"I1.4", [](const Plan& plan) { return Text(plan.move.data, "[move] data"); }},
      {"Q3.1.1", [](const Plan& plan) { return People(plan, "A2.2"); }},
      {"Q3.1.2", [](const Plan& plan) { return People(plan, "on-call"); }},
      {"Q6.3",
       [](const Plan& plan) {
         return Seen(Verdict::kHolds,
                     fmt::format("urgent {} days, ordinary {} days", plan.levels.urgent_patch_days,
                                 plan.levels.ordinary_patch_days));
       }},
      {"Q6.4", [](const Plan& plan) { return People(plan, "A2.1"); }},
      {"Q6.6",
       [](const Plan&) { return Seen(Verdict::kHolds, "disaster-recovery.html of the plan"); }},
      {"Q6.7", [](const Plan&) { return Seen(Verdict::kHolds, "on-call.html of the plan"); }},
      {"C4.3.2", BackupJobs},
      {"Q4.3.1", [](const Plan&) { return Seen(Verdict::kHolds, "backup.html of the plan"); }},
      {"Q4.3.2", BackupJobs},
      {"Q4.2.1",
       [](const Plan& plan) {
         return Seen(Verdict::kHolds,
                     fmt::format("https://{}/metrics, and the monitoring system that reads it",
                                 plan.environments.front().host));
       }},
      {"A1.deliv.1",
       [](const Plan&) { return Seen(Verdict::kHolds, "answer-matrix.xlsx of the plan"); }},
  };
  return kJudges;
}

}  // namespace

std::optional<Evidence> PlanCollector::Look(const Item& item) const {
  if (item.kind == ItemKind::kSkill) return People(*plan_, item.id);
  for (const auto* judges : {&DesignJudges(), &PlaceJudges(), &RunningJudges()}) {
    const auto judge = judges->find(item.id);
    if (judge != judges->end()) return judge->second(*plan_);
  }
  return {};
}

}  // namespace outpost::transition
