#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/problem.h"
#include "cli/commands.h"
#include "format/sheets/xlsx.h"
#include "transition/checkpoints/collectors.h"
#include "transition/checkpoints/report.h"
#include "transition/checkpoints/tracker.h"

namespace outpost::cli {
namespace {

namespace fs = std::filesystem;

struct TransitionOptions {
  std::string plan = "plan.toml";
  std::string id, text, by, function, evidence, owner, due, because, phase, section, state;
  std::string format = "text";
  std::string output;
  bool as_json = false;
  bool host = false;
};

/// The tracker lies beside the plan.
fs::path TrackerFile(const TransitionOptions& options) {
  return fs::path(options.plan).parent_path() / "transition.json";
}

class Session {
 public:
  explicit Session(const TransitionOptions& options)
      : store_(TrackerFile(options)), desk_(&store_, &clock_) {}
  transition::TransitionDesk& desk() { return desk_; }

 private:
  SystemClock clock_;
  transition::FileCheckpointStore store_;
  transition::TransitionDesk desk_;
};

void Check(const TransitionOptions& options) {
  Session session(options);
  std::optional<plan::Plan> plan;
  std::optional<transition::PlanCollector> of_plan;
  const transition::HostCollector of_host("/");
  const transition::NotYetCollector nothing;
  std::vector<const transition::Collector*> collectors;
  if (options.host) collectors.push_back(&of_host);
  if (fs::exists(options.plan)) {
    plan = plan::LoadPlan(options.plan);
    of_plan.emplace(&*plan);
    collectors.push_back(&*of_plan);
  } else {
    std::cerr << fmt::format("There is no {}: nothing is known of a plan (--plan FILE).\n",
                             options.plan);
  }
  collectors.push_back(&nothing);
  session.desk().Check(collectors, options.id);
  const auto tracker = session.desk().Load();
  const auto now = session.desk().Now();
  if (options.as_json) {
    std::cout << transition::ReportJson(tracker, now);
  } else if (!options.id.empty()) {
    std::cout << transition::ItemText(tracker, options.id, now);
  } else {
    std::cout << transition::ReportText(tracker, now, options.phase);
  }
  for (const auto& record : tracker.records) {
    const bool wanted = options.id.empty() || record.first == options.id;
    if (wanted &&
        transition::StateOf(tracker, record.first, now) == transition::State::kEvidenceFailed) {
      throw ExitCode{1};
    }
  }
}

void Export(const TransitionOptions& options) {
  Session session(options);
  const auto tracker = session.desk().Load();
  const auto now = session.desk().Now();
  const std::string title = "Transition progress";
  if (options.format == "xlsx") {
    if (options.output.empty()) {
      throw Problem(ProblemKind::kBadRequest, "--format xlsx needs --output with a file name.");
    }
    sheets::WriteXlsx(transition::ProgressWorkbook(tracker, now, title), options.output);
    return;
  }
  const auto text = options.format == "json"   ? transition::ReportJson(tracker, now)
                    : options.format == "html" ? transition::ReportHtml(tracker, now, title)
                    : options.format == "md"   ? transition::ReportMarkdown(tracker, now, title)
                                             : transition::ReportText(tracker, now, options.phase);
  if (options.output.empty()) {
    std::cout << text;
    return;
  }
  std::ofstream out(options.output, std::ios::binary);
  out << text;
  out.close();
  if (!out) {
    throw Problem(ProblemKind::kInternal, fmt::format("Cannot write {}.", options.output));
  }
}

using Options = std::shared_ptr<TransitionOptions>;

CLI::App* AddAct(CLI::App* parent, const Options& options, const char* name, const char* what) {
  auto* command = parent->add_subcommand(name, what);
  command->add_option("--plan", options->plan, "plan file; the tracker lies beside it")
      ->capture_default_str();
  return command;
}

void AddLooking(CLI::App* parent, const Options& options) {
  auto* status = AddAct(parent, options, "status", "Progress and what each checkpoint waits for");
  status->add_option("--phase", options->phase, "only this phase, 1 to 6");
  status->callback([options] {
    Session session(*options);
    std::cout << transition::ReportText(session.desk().Load(), session.desk().Now(),
                                        options->phase);
  });
  auto* check = AddAct(parent, options, "check", "Look at everything that a machine can look at");
  check->add_option("id", options->id, "only this item");
  check->add_option("--phase", options->phase, "show only this phase, 1 to 6");
  check->add_flag("--json", options->as_json, "all items as JSON");
  check->add_flag("--host", options->host, "this machine is the server: look at it as well");
  check->callback([options] { Check(*options); });
  auto* evidence = AddAct(parent, options, "evidence", "All that is known about one item");
  evidence->add_option("id", options->id, "item, such as C1.4")->required();
  evidence->callback([options] {
    Session session(*options);
    std::cout << transition::ItemText(session.desk().Load(), options->id, session.desk().Now());
  });
  auto* report = AddAct(parent, options, "export", "Progress report, to print or to send");
  report->add_option("--format", options->format, "text, md, html, json or xlsx")
      ->check(CLI::IsMember({"text", "md", "html", "json", "xlsx"}))
      ->capture_default_str();
  report->add_option("-o,--output", options->output, "write to this file");
  report->add_option("--phase", options->phase, "only this phase (text)");
  report->callback([options] { Export(*options); });
}

void AddDeciding(CLI::App* parent, const Options& options) {
  const auto add = [&](const char* name, const char* what) {
    auto* command = AddAct(parent, options, name, what);
    command->add_option("id", options->id, "item, such as C1.4")->required();
    command->add_option("--by", options->by, "name of who does it")->required();
    return command;
  };
  auto* answer = add("answer", "Answer a guiding question");
  answer->add_option("--text", options->text, "the answer, or where it is written")->required();
  answer->callback(
      [options] { Session(*options).desk().AnswerItem(options->id, options->text, options->by); });
  auto* assign = add("assign", "Name an owner and a date");
  assign->add_option("--owner", options->owner, "who sees to it");
  assign->add_option("--due", options->due, "until when, YYYY-MM-DD");
  assign->callback([options] {
    Session(*options).desk().Assign(options->id, options->owner, options->due, options->by);
  });
  auto* sign = add("sign", "Close a checkpoint with a name");
  sign->add_option("--function", options->function, "job function of who signs")->required();
  sign->add_option("--evidence", options->evidence, "document that shows it");
  sign->callback([options] {
    transition::Signature signature;
    signature.name = options->by;
    signature.function = options->function;
    signature.document = options->evidence;
    Session(*options).desk().Sign(options->id, signature);
    std::cout << fmt::format("{} is closed.\n", options->id);
  });
  auto* waive = add("waive", "Pass over an item, with a reason");
  waive->add_option("--because", options->because, "the reason")->required();
  waive->callback(
      [options] { Session(*options).desk().Waive(options->id, options->because, options->by); });
  auto* reopen = add("reopen", "Take a signature or waiver back");
  reopen->add_option("--because", options->because, "the reason")->required();
  reopen->callback(
      [options] { Session(*options).desk().Reopen(options->id, options->because, options->by); });
}

}  // namespace

void AddTransitionCommand(CLI::App& app) {
  const auto options = std::make_shared<TransitionOptions>();
  auto* transition =
      app.add_subcommand("transition", "The checkpoints of the transition: look, answer, sign");
  transition->require_subcommand(1);
  AddLooking(transition, options);
  AddDeciding(transition, options);
  auto* section = AddAct(transition, options, "section", "Switch an optional section on or off");
  section->add_option("section", options->section, "3.2, 3.3 or 5.1")->required();
  section->add_option("state", options->state, "on or off")
      ->required()
      ->check(CLI::IsMember({"on", "off"}));
  section->add_option("--by", options->by, "name of who decides")->required();
  section->callback([options] {
    Session(*options).desk().SwitchSection(options->section, options->state == "on", options->by);
  });
}

}  // namespace outpost::cli
