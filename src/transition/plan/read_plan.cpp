#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "base/text.h"
#include "format/tree/map_reader.h"
#include "transition/plan/detail/read_parts.h"
#include "transition/plan/plan.h"

namespace outpost::plan {
namespace {

using tree::MapReader;
using tree::Refuse;

bool FitsTopology(Topology topology, const std::string& role) {
  switch (topology) {
    case Topology::kSingle:
      return role == "all";
    case Topology::kPair:
      return role == "primary" || role == "standby";
    case Topology::kCluster:
      return role != "all" && role != "primary" && role != "standby";
  }
  OUTPOST_CHECK(false);
}

void CheckRoles(const Environment& environment, const std::string& file) {
  for (const auto& machine : environment.machines) {
    for (const auto& role : machine.roles) {
      if (std::find(std::begin(kRoles), std::end(kRoles), role) == std::end(kRoles)) {
        const auto nearest = NearestWord(role, kRoles);
        Refuse(file, machine.at, "machine.roles",
               fmt::format("there is no role '{}'{}", role,
                           nearest ? fmt::format("; did you mean '{}'?", *nearest) : ""));
      }
      if (!FitsTopology(environment.topology, role)) {
        Refuse(file, machine.at, "machine.roles",
               fmt::format("the role '{}' does not belong to the topology '{}' of '{}'", role,
                           NameOf(environment.topology), environment.name));
      }
    }
  }
}

void RequireRole(const Environment& environment, const char* role, std::size_t exactly,
                 const std::string& file) {
  const auto count = environment.AllWithRole(role).size();
  if (count == 0 || (exactly > 0 && count != exactly)) {
    Refuse(file, environment.at, "environment",
           fmt::format("'{}' ({}) needs {} machine with the role '{}', it has {}", environment.name,
                       NameOf(environment.topology), exactly == 1 ? "exactly one" : "at least one",
                       role, count));
  }
}

void CheckMachines(const Plan& plan) {
  std::set<std::string> names;
  for (const auto& environment : plan.environments) {
    CheckRoles(environment, plan.file);
    switch (environment.topology) {
      case Topology::kSingle:
        RequireRole(environment, "all", 1, plan.file);
        break;
      case Topology::kPair:
        RequireRole(environment, "primary", 1, plan.file);
        RequireRole(environment, "standby", 1, plan.file);
        break;
      case Topology::kCluster:
        for (const char* role : {"proxy", "web", "mobile", "tasks", "objects"}) {
          RequireRole(environment, role, 0, plan.file);
        }
        RequireRole(environment, "database", 1, plan.file);
        break;
    }
    for (const auto& machine : environment.machines) {
      if (!names.insert(machine.name).second) {
        Refuse(plan.file, machine.at, "machine.name",
               fmt::format("two machines are called '{}'", machine.name));
      }
    }
  }
}

void CheckPeople(const Plan& plan) {
  for (const auto& person : plan.people) {
    if (!person.stands_in.empty() && plan.PersonNamed(person.stands_in) == nullptr) {
      Refuse(plan.file, person.at, "person.stands_in",
             fmt::format("nobody in the plan is called '{}'", person.stands_in));
    }
  }
}

void AddRemarks(Plan* plan) {
  const auto remark = [&](bool missing, const char* text) {
    if (missing) plan->remarks.emplace_back(text);
  };
  remark(plan->apps.empty(), "No app is listed: [[app]] (checkpoint C1.2).");
  remark(plan->integrations.empty(), "No integration is listed: [[integration]] (I1.3).");
  remark(plan->people.empty(), "Nobody is named: [[person]] (C2.3.1, C6.2).");
  remark(plan->PeopleWith("on-call").empty(), "Nobody is on call: duties = [\"on-call\"] (C6.2).");
  remark(plan->backup.second_place.empty(),
         "Backups have no second place: [backup] second_place. A fire takes both copies.");
  remark(plan->data_centre.ups_minutes == 0, "[data_centre] ups_minutes is not answered (Q2.2.7).");
  remark(!plan->move.from.empty() && plan->move.migration_host.empty(),
         "Phones need a name to call while the move is under way: [move] migration_host (Q2.4.2).");
  for (const auto& environment : plan->environments) {
    if (environment.admin_networks.empty()) {
      plan->remarks.push_back(
          fmt::format("'{}' lets SSH in from anywhere in its private network: admin_networks.",
                      environment.name));
    }
    for (const auto& machine : environment.machines) {
      if (machine.disk == "hdd") {
        plan->remarks.push_back(
            fmt::format("'{}' has a rotating disk; databases need SSD (K2.2).", machine.name));
      }
    }
  }
}

}  // namespace

std::string_view NameOf(Topology topology) {
  switch (topology) {
    case Topology::kSingle:
      return "single";
    case Topology::kPair:
      return "pair";
    case Topology::kCluster:
      return "cluster";
  }
  OUTPOST_CHECK(false);
}

bool Machine::Has(std::string_view role) const {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

const Machine* Environment::WithRole(std::string_view role) const {
  const auto all = AllWithRole(role);
  return all.empty() ? nullptr : all[0];
}

std::vector<const Machine*> Environment::AllWithRole(std::string_view role) const {
  std::vector<const Machine*> found;
  for (const auto& machine : machines) {
    if (machine.Has(role)) found.push_back(&machine);
  }
  return found;
}

const Person* Plan::PersonNamed(std::string_view name) const {
  const auto found = std::find_if(people.begin(), people.end(),
                                  [name](const Person& person) { return person.name == name; });
  return found == people.end() ? nullptr : &*found;
}

std::vector<const Person*> Plan::PeopleWith(std::string_view duty) const {
  std::vector<const Person*> found;
  for (const auto& person : people) {
    if (std::find(person.duties.begin(), person.duties.end(), duty) != person.duties.end()) {
      found.push_back(&person);
    }
  }
  return found;
}

bool IsHostName(std::string_view text) {
  constexpr std::size_t kHostMax = 253;
  if (text.empty() || text.size() > kHostMax || text.find('.') == std::string_view::npos) {
    return false;
  }
  for (const auto label : Split(text, '.')) {
    constexpr std::size_t kLabelMax = 63;
    const bool fits =
        !label.empty() && label.size() <= kLabelMax && label.front() != '-' && label.back() != '-';
    const bool plain = std::all_of(label.begin(), label.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    });
    if (!fits || !plain) return false;
  }
  return true;
}

bool IsAddressOrNetwork(std::string_view text) {
  const auto slash = text.find('/');
  const std::string address(text.substr(0, slash));
  unsigned char bytes[16];
  const bool four = inet_pton(AF_INET, address.c_str(), bytes) == 1;
  const bool six = !four && inet_pton(AF_INET6, address.c_str(), bytes) == 1;
  if (!four && !six) return false;
  if (slash == std::string_view::npos) return true;
  const auto bits = ParseInt(text.substr(slash + 1));
  return bits && *bits >= 0 && *bits <= (four ? 32 : 128);
}

Plan ReadPlan(std::string_view text, const std::string& file) {
  tree::Node root;
  try {
    root = tree::ReadToml(text);
  } catch (const Problem& problem) {
    Refuse(file, problem.position(), "TOML", problem.told());
  }
  Plan plan;
  plan.file = file;
  MapReader reader(root, "", file);
  detail::ReadParts(reader, &plan);
  reader.RefuseUnread();
  CheckMachines(plan);
  CheckPeople(plan);
  AddRemarks(&plan);
  return plan;
}

Plan LoadPlan(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (!in) {
    throw Problem(ProblemKind::kNotFound, fmt::format("Cannot read {}.", file.string()));
  }
  auto plan = ReadPlan(text.str(), file.filename().string());
  plan.folder = file.parent_path();
  return plan;
}

}  // namespace outpost::plan
