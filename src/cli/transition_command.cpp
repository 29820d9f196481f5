#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

#include "base/problem.h"
#include "cli/commands.h"
#include "cli/tracker_door.h"
#include "format/sheets/xlsx.h"
#include "transition/checkpoints/collectors.h"
#include "transition/checkpoints/report.h"

namespace outpost::cli {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

struct TransitionOptions {
  std::string plan = "plan.toml";
  std::string data;
  std::string id, text, by, function, evidence, owner, due, because, phase, section, state;
  std::string format = "text";
  std::string output;
  bool as_json = false;
  bool host = false;
  bool outside = false;
};

TrackerDoor DoorOf(const TransitionOptions& options) {
  TrackerDoor door(options.plan, options.data);
  if (door.HasFileBeside()) {
    std::cerr << fmt::format(
        "The server keeps the tracker; {} is not looked at. To bring it in: outpost transition "
        "adopt --by NAME\n",
        door.file().string());
  }
  return door;
}

/// What the plan shows, as far as there is one.
json::value PlanFacts(const TransitionOptions& options) {
  if (!fs::exists(options.plan)) {
    std::cerr << fmt::format("There is no {}: nothing is known of a plan (--plan FILE).\n",
                             options.plan);
    return json::object();
  }
  const auto plan = plan::LoadPlan(options.plan);
  const transition::PlanCollector collector(&plan);
  return json::parse(transition::JsonOf(transition::FactsOf(collector)));
}

void Check(const TransitionOptions& options) {
  auto door = DoorOf(options);
  const json::object arguments = {{"id", options.id},
                                  {"plan", PlanFacts(options)},
                                  {"host", options.host || door.is_server()},
                                  {"outside", options.outside}};
  door.Ask("transition.check", json::serialize(arguments));
  const auto tracker = door.Load();
  const auto now = door.Now();
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

void Act(const TransitionOptions& options, const char* command, const json::object& arguments) {
  DoorOf(options).Ask(command, json::serialize(arguments));
}

void Adopt(const TransitionOptions& options) {
  TrackerDoor door(options.plan, options.data);
  if (!door.is_server()) {
    throw Problem(ProblemKind::kBadRequest,
                  "There is no server to bring it to; name its folder with --data.");
  }
  if (!fs::exists(door.file())) {
    throw Problem(ProblemKind::kNotFound, fmt::format("There is no {}.", door.file().string()));
  }
  const auto tracker = transition::FileCheckpointStore(door.file()).Load();
  const json::object arguments = {{"tracker", json::parse(transition::WriteTracker(tracker))},
                                  {"by", options.by}};
  door.Ask("transition.adopt", json::serialize(arguments));
  const auto kept = door.file().string() + ".adopted";
  fs::rename(door.file(), kept);
  std::cout << fmt::format(
      "The server keeps the tracker now, {} entries with it. {} is the old file.\n",
      tracker.audit.size(), kept);
}

void Export(const TransitionOptions& options) {
  auto door = DoorOf(options);
  const auto tracker = door.Load();
  const auto now = door.Now();
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

CLI::App* AddAct(CLI::App* parent, const Options& options, const char* name, const char* what,
                 const std::string& example) {
  auto* command = parent->add_subcommand(name, what);
  command
      ->add_option("--plan", options->plan,
                   "plan file; without a server the tracker lies beside it")
      ->capture_default_str();
  command->add_option("--data", options->data,
                      "data folder of the server that keeps the tracker (OUTPOST_DATA_FOLDER, else "
                      "data where that is one)");
  command->footer("Example: " + example);
  return command;
}

/// What somebody does about one item.
CLI::App* AddNamed(CLI::App* parent, const Options& options, const char* name, const char* what,
                   const std::string& example) {
  auto* command = AddAct(parent, options, name, what, example);
  command->add_option("id", options->id, "item, such as C1.4")->required();
  command
      ->add_option("--by", options->by,
                   "name of who does it; to close something on a server: a web user of it")
      ->required();
  return command;
}

void AddLooking(CLI::App* parent, const Options& options) {
  auto* status = AddAct(parent, options, "status", "Progress and what each checkpoint waits for",
                        "outpost transition status --phase 1");
  status->add_option("--phase", options->phase, "only this phase, 1 to 6");
  status->callback([options] {
    auto door = DoorOf(*options);
    std::cout << transition::ReportText(door.Load(), door.Now(), options->phase);
  });
  auto* check = AddAct(parent, options, "check", "Look at everything that a machine can look at",
                       "outpost transition check --data /var/lib/outpost --json\nExit code 1: what "
                       "was looked at does not hold.");
  check->add_option("id", options->id, "only this item");
  check->add_option("--phase", options->phase, "show only this phase, 1 to 6");
  check->add_flag("--json", options->as_json, "all items as JSON");
  check->add_flag("--host", options->host,
                  "this machine is going to be the server: look at it as well");
  check->add_flag("--outside", options->outside, "the server may ask name servers");
  check->callback([options] { Check(*options); });
  auto* evidence = AddAct(parent, options, "evidence", "All that is known about one item",
                          "outpost transition evidence C1.4");
  evidence->add_option("id", options->id, "item, such as C1.4")->required();
  evidence->callback([options] {
    auto door = DoorOf(*options);
    std::cout << transition::ItemText(door.Load(), options->id, door.Now());
  });
  auto* report = AddAct(parent, options, "export", "Progress report, to print or to send",
                        "outpost transition export --format html -o progress.html");
  report->add_option("--format", options->format, "text, md, html, json or xlsx")
      ->check(CLI::IsMember({"text", "md", "html", "json", "xlsx"}))
      ->capture_default_str();
  report->add_option("-o,--output", options->output, "write to this file");
  report->add_option("--phase", options->phase, "only this phase (text)");
  report->callback([options] { Export(*options); });
}

void AddAnswering(CLI::App* parent, const Options& options) {
  auto* answer =
      AddNamed(parent, options, "answer", "Answer a guiding question",
               "outpost transition answer Q2.2.7 --text '25 minutes' --by 'Amina Okoro'");
  answer->add_option("--text", options->text, "the answer, or where it is written")->required();
  answer->callback([options] {
    Act(*options, "transition.answer",
        {{"id", options->id}, {"text", options->text}, {"by", options->by}});
  });
  auto* assign = AddNamed(parent, options, "assign", "Name an owner and a date",
                          "outpost transition assign C2.2.1 --owner 'Daniel Tesfaye' --due "
                          "2027-01-31 --by 'Amina Okoro'");
  assign->add_option("--owner", options->owner, "who sees to it");
  assign->add_option("--due", options->due, "until when, YYYY-MM-DD");
  assign->callback([options] {
    Act(*options, "transition.assign",
        {{"id", options->id},
         {"owner", options->owner},
         {"due", options->due},
         {"by", options->by}});
  });
}

void AddClosing(CLI::App* parent, const Options& options) {
  auto* sign =
      AddNamed(parent, options, "sign", "Close a checkpoint with a name",
               "outpost transition sign C1.4 --by 'Daniel Tesfaye' --function 'Head of IT'");
  sign->add_option("--function", options->function, "job function of who signs")->required();
  sign->add_option("--evidence", options->evidence, "document that shows it");
  sign->callback([options] {
    Act(*options, "transition.sign",
        {{"id", options->id},
         {"by", options->by},
         {"function", options->function},
         {"document", options->evidence}});
    std::cout << fmt::format("{} is closed.\n", options->id);
  });
  const auto because = [&](const char* name, const char* what, const char* command) {
    auto* act = AddNamed(parent, options, name, what,
                         fmt::format("outpost transition {} C3.1.1 --because 'tried by hand, "
                                     "record of 3 May' --by 'Amina Okoro'",
                                     name));
    act->add_option("--because", options->because, "the reason")->required();
    act->callback([options, command] {
      Act(*options, command,
          {{"id", options->id}, {"because", options->because}, {"by", options->by}});
    });
  };
  because("waive", "Pass over an item, with a reason", "transition.waive");
  because("reopen", "Take a signature or waiver back", "transition.reopen");
}

void AddKeeping(CLI::App* parent, const Options& options) {
  auto* section = AddAct(parent, options, "section", "Switch an optional section on or off",
                         "outpost transition section 5.1 off --by 'Amina Okoro'");
  section->add_option("section", options->section, "3.2, 3.3 or 5.1")->required();
  section->add_option("state", options->state, "on or off")
      ->required()
      ->check(CLI::IsMember({"on", "off"}));
  section->add_option("--by", options->by, "name of who decides")->required();
  section->callback([options] {
    Act(*options, "transition.section",
        {{"section", options->section}, {"on", options->state == "on"}, {"by", options->by}});
  });
  auto* adopt = AddAct(parent, options, "adopt",
                       "Bring the tracker from the file beside the plan into the server",
                       "outpost transition adopt --data /var/lib/outpost --by 'Amina Okoro'");
  adopt->add_option("--by", options->by, "name of who moves it")->required();
  adopt->callback([options] { Adopt(*options); });
}

}  // namespace

void AddTransitionCommand(CLI::App& app) {
  const auto options = std::make_shared<TransitionOptions>();
  auto* transition =
      app.add_subcommand("transition", "The checkpoints of the transition: look, answer, sign");
  transition->require_subcommand(1);
  AddLooking(transition, options);
  AddAnswering(transition, options);
  AddClosing(transition, options);
  AddKeeping(transition, options);
}

}  // namespace outpost::cli
