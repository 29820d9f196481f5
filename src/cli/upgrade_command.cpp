#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/json.hpp>
#include <filesystem>
#include <iostream>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/problem.h"
#include "cli/admin_client.h"
#include "cli/commands.h"
#include "cli/upgrade_switch.h"
#include "cli/version.h"
#include "operations/upgrade/history.h"
#include "operations/upgrade/release.h"
#include "store/sql/migrations.h"

namespace outpost::cli {
namespace {

namespace json = boost::json;
using upgrade::Release;

struct UpgradeArguments {
  std::string data = "data", to, program, restart_command;
  std::vector<std::int64_t> done;
  bool as_json = false;
};

/// What there is now: what runs, or else what lies at --program.
struct Present {
  std::optional<RunningServer> running;
  std::filesystem::path program;
  Release release;
};

Present LookAround(const UpgradeArguments& arguments) {
  Present present;
  present.running = AskServer(arguments.data);
  present.program = arguments.program;
  if (present.program.empty() && present.running) present.program = present.running->program;
  if (present.program.empty()) {
    throw Problem(ProblemKind::kBadRequest,
                  "No server that can say where its program lies runs on " + arguments.data +
                      ". Name the program with --program; if such a server runs, it is 0.1.0: say "
                      "with --restart-command how it is restarted.");
  }
  present.release = upgrade::AskRelease(present.program);
  if (present.running) present.release.version = present.running->version;
  return present;
}

bool IsShipped(const std::string& data) {
  try {
    const auto status = json::parse(AskRunning(data, "backup.status", "{}"));
    const auto* shipping = status.as_object().if_contains("shipping");
    return shipping != nullptr && shipping->at("has_base").as_bool();
  } catch (const std::exception&) {
    return false;
  }
}

upgrade::Verdict JudgeFor(const UpgradeArguments& arguments, const Present& present,
                          const Release& target) {
  const bool is_newer = upgrade::CompareVersions(target.version, present.release.version) >= 0;
  upgrade::Question question;
  question.from_version = present.release.version;
  question.to_version = target.version;
  question.changes = is_newer ? target.changes : present.release.changes;
  question.newest_step = target.newest_step;
  question.done = arguments.done;
  question.is_shipped = IsShipped(arguments.data);
  question.data_newest_step = present.release.newest_step;
  if (present.running) {
    question.data_newest_step = present.running->newest_step;
    question.oldest_step_allowed = present.running->oldest_step_allowed;
  }
  return upgrade::Judge(question);
}

json::object JsonOf(const Present& present, const Release& target,
                    const upgrade::Verdict& verdict) {
  return {{"program", present.program.string()},
          {"from", present.release.version},
          {"to", target.version},
          {"changes", json::parse(upgrade::JsonOf(verdict.changes))},
          {"obstacles", json::value_from(verdict.obstacles)},
          {"remarks", json::value_from(verdict.remarks)}};
}

void Print(const Present& present, const Release& target, const upgrade::Verdict& verdict) {
  std::cout << present.program.string() << ": from " << present.release.version << " to "
            << target.version << '\n';
  for (const auto& change : verdict.changes) {
    std::cout << fmt::format("\n{}. {} ({}, {}{})\n   {}\n", change.number, change.title,
                             change.version, change.date, change.is_required ? "" : ", optional",
                             change.context);
    for (const auto& step : change.steps) {
      std::cout << (change.needs_action ? "   DO    " : "   may   ") << step << '\n';
    }
  }
  if (!verdict.changes.empty()) std::cout << '\n';
  for (const auto& remark : verdict.remarks) std::cout << "note      " << remark << '\n';
  for (const auto& obstacle : verdict.obstacles) std::cout << "OBSTACLE  " << obstacle << '\n';
}

void Check(const UpgradeArguments& arguments) {
  const auto present = LookAround(arguments);
  const auto target = upgrade::AskRelease(arguments.to);
  const auto verdict = JudgeFor(arguments, present, target);
  if (arguments.as_json) {
    std::cout << json::serialize(JsonOf(present, target, verdict)) << '\n';
  } else {
    Print(present, target, verdict);
  }
  if (!verdict.obstacles.empty()) throw ExitCode{1};
}

SwitchPlan PlanOf(const UpgradeArguments& arguments, const Present& present,
                  const Release& target) {
  SwitchPlan plan;
  plan.data = arguments.data;
  plan.program = present.program;
  plan.restart_command = arguments.restart_command;
  plan.from_version = present.release.version;
  plan.to_version = target.version;
  if (present.running) {
    plan.seq = present.running->seq;
    plan.started = present.running->started;
    plan.process = present.running->process;
  }
  return plan;
}

void Tell(const std::string& words) { std::cerr << "  " << words << std::endl; }

/// The program before takes its place again, and the server with it.
std::string GoBack(const SwitchPlan& failed, const std::string& why) {
  upgrade::Return(failed.program);
  auto back = failed;
  std::swap(back.from_version, back.to_version);
  const auto running = AskServer(failed.data);
  if (!running && failed.restart_command.empty()) {
    return why + " The program before is in its place again; start the server.";
  }
  back.started = running ? running->started : failed.started;
  back.process = running ? running->process : 0;
  const auto done = SwitchServer(back, Tell);
  return why + (done.failure.empty()
                    ? " The release before serves again."
                    : " The release before does not serve either: " + done.failure);
}

void Report(const UpgradeArguments& arguments, const SwitchPlan& plan,
            const upgrade::Switch& made) {
  if (arguments.as_json) {
    std::cout << json::serialize(json::object{{"from", made.from_version},
                                              {"to", made.to_version},
                                              {"seq", made.seq},
                                              {"refused_micros", made.refused_micros},
                                              {"outcome", made.outcome}})
              << '\n';
    return;
  }
  std::cout << fmt::format("{}: {} to {}, marked position {}, no answers for {:.2f} s\n",
                           made.outcome, made.from_version, made.to_version, made.seq,
                           static_cast<double>(made.refused_micros) / 1e6)
            << "The way back: outpost upgrade undo --data " << plan.data.string() << '\n';
}

/// The program is in its place. Offline there is nothing to switch.
void Finish(const UpgradeArguments& arguments, const SwitchPlan& plan, bool is_running,
            const std::string& outcome) {
  upgrade::Switch made;
  made.at = SystemClock().Now();
  made.from_version = plan.from_version;
  made.to_version = plan.to_version;
  made.seq = plan.seq;
  made.outcome = outcome;
  if (is_running) {
    const auto done = SwitchServer(plan, Tell);
    made.refused_micros = done.refused_micros;
    if (!done.failure.empty()) made.outcome = "returned: " + GoBack(plan, done.failure);
  }
  upgrade::AddSwitch(plan.data, made);
  Report(arguments, plan, made);
  if (made.outcome != outcome) throw ExitCode{1};
}

void RefuseObstacles(const upgrade::Verdict& verdict) {
  if (verdict.obstacles.empty()) return;
  throw Problem(
      ProblemKind::kConflict,
      verdict.obstacles.front() + " Nothing was changed; outpost upgrade check shows all.");
}

/// Else only the program is put in its place, for the next start.
bool IsToBeSwitched(const UpgradeArguments& arguments, const Present& present) {
  return present.running.has_value() || !arguments.restart_command.empty();
}

void Apply(const UpgradeArguments& arguments) {
  SetLogLevel(LogLevel::kError);
  const auto present = LookAround(arguments);
  const auto target = upgrade::AskRelease(arguments.to);
  RefuseObstacles(JudgeFor(arguments, present, target));
  const auto plan = PlanOf(arguments, present, target);
  Tell("position " + std::to_string(plan.seq) + " is marked");
  upgrade::Install(arguments.to, present.program);
  Finish(arguments, plan, IsToBeSwitched(arguments, present), "done");
}

void Undo(const UpgradeArguments& arguments) {
  SetLogLevel(LogLevel::kError);
  const auto present = LookAround(arguments);
  const auto target = upgrade::AskRelease(upgrade::PreviousOf(present.program));
  if (target.newest_step == 0) {
    throw Problem(ProblemKind::kConflict,
                  "Release " + target.version +
                      " cannot say how it is, so nobody could tell whether the way back worked. By "
                      "hand: stop the server, move " +
                      upgrade::PreviousOf(present.program).string() + " to " +
                      present.program.string() + ", start the server. Its forms stay.");
  }
  RefuseObstacles(JudgeFor(arguments, present, target));
  const auto plan = PlanOf(arguments, present, target);
  upgrade::Return(present.program);
  Finish(arguments, plan, IsToBeSwitched(arguments, present), "undone");
}

void ShowHistory(const UpgradeArguments& arguments) {
  const auto running = AskServer(arguments.data);
  std::cout << (running ? running->version + " runs from " + running->program
                        : std::string("No server that can be asked runs here."))
            << '\n';
  for (const auto& made : upgrade::ReadSwitches(arguments.data)) {
    std::cout << fmt::format("{}  {} to {}, position {}, no answers for {:.2f} s, {}\n",
                             FormatT6(made.at), made.from_version, made.to_version, made.seq,
                             static_cast<double>(made.refused_micros) / 1e6, made.outcome);
  }
}

void PrintNotes(const UpgradeArguments&) {
  Release release;
  release.version = Version();
  release.newest_step = sql::AllMigrations().back().number;
  release.changes = upgrade::ShippedChanges();
  std::cout << upgrade::JsonOf(release) << '\n';
}

CLI::App& AddOne(CLI::App& family, const char* name, const char* what,
                 const std::shared_ptr<UpgradeArguments>& arguments,
                 void (*run)(const UpgradeArguments&)) {
  auto* command = family.add_subcommand(name, what);
  command->callback([arguments, run] { run(*arguments); });
  return *command;
}

void AddData(CLI::App& command, UpgradeArguments& arguments) {
  command.add_option("--data", arguments.data, "Data folder of the server (default: data)");
}

void AddSwitchOptions(CLI::App& command, UpgradeArguments& arguments) {
  AddData(command, arguments);
  command.add_option("--program", arguments.program,
                     "Where the server's program lies (default: what runs)");
  command.add_option("--restart-command", arguments.restart_command,
                     "Restart by this instead of within the server's process, such as 'systemctl "
                     "restart outpost'");
  command.add_flag("--json", arguments.as_json, "Print the result as JSON");
}

}  // namespace

void AddUpgradeCommand(CLI::App& app) {
  auto* family = app.add_subcommand("upgrade", "Switch to another release, and back");
  family->require_subcommand(1);
  const auto arguments = std::make_shared<UpgradeArguments>();
  AddOne(*family, "notes", "What this program is and what changed with it, as JSON", arguments,
         PrintNotes);
  AddData(AddOne(*family, "history", "Switches so far", arguments, ShowHistory), *arguments);
  for (const bool is_check : {true, false}) {
    auto& command =
        AddOne(*family, is_check ? "check" : "apply",
               is_check ? "What the switch to a program means, and what stands against it"
                        : "Put a program in the place of the server's and switch to it",
               arguments, is_check ? Check : Apply);
    AddSwitchOptions(command, *arguments);
    command.add_option("--to", arguments->to, "The new program")->required();
    command.add_option("--done", arguments->done, "Changes whose steps were done, by number");
  }
  AddSwitchOptions(AddOne(*family, "undo", "Back to the program before", arguments, Undo),
                   *arguments);
  family->footer(
      "Example: outpost upgrade check --to ./outpost-0.3.0 --data /var/lib/outpost\n"
      "         outpost upgrade apply --to ./outpost-0.3.0 --data /var/lib/outpost\n"
      "A release that does not serve is returned from at once. Exit code 1: something stands "
      "against it, or it was returned from; 2: the call was refused.");
}

}  // namespace outpost::cli
