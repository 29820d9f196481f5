#include <iostream>

#include "cli/commands.h"
#include "cli/question.h"

namespace outpost::cli {
namespace {

using boost::json::object;

void PrintCase(const object& answer) {
  const bool belongs = answer.at("belongs").as_bool();
  std::cout << (belongs ? "The case belongs on this user's phones.\n"
                        : "The case does not belong on this user's phones.\n");
  for (const auto& reason : answer.at("reasons").as_array()) {
    std::cout << "  " << reason.as_string().c_str() << '\n';
  }
  const auto& devices = answer.at("devices").as_array();
  if (devices.empty()) std::cout << "The user has never synced.\n";
  for (const auto& entry : devices) {
    const auto& device = entry.as_object();
    const auto name = TextOf(device, "device_id");
    const bool holds = device.at("holds").as_bool();
    std::cout << "Phone " << (name.empty() ? "(unknown)" : name) << ", synced "
              << TextOf(device, "synced_on") << ": "
              << (holds == belongs ? "" : "until its next sync it ")
              << (holds ? "holds the case" : "does not hold the case") << '\n';
  }
}

}  // namespace

void AddExplainCommand(CLI::App& app) {
  auto* family = app.add_subcommand("explain", "Why something is as it is");
  family->require_subcommand(1);
  QuestionCommand(family, "case", "Why a case is, or is not, on a user's phones",
                  "outpost explain case 3f0c --user asha --project nutrition")
      .Text("id", "case_id", "Id of the case", true)
      .Text("--user", "username", "A mobile worker or web user", true)
      .Asks("explain.case", PrintCase);
}

}  // namespace outpost::cli
