#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <iostream>
#include <memory>
#include <optional>

#include "base/problem.h"
#include "base/settings.h"
#include "cli/admin_client.h"
#include "cli/commands.h"
#include "cli/serve/doctor_input.h"
#include "cli/serve/keys.h"
#include "operations/doctor/doctor.h"

namespace outpost::cli {
namespace {

struct DoctorArguments {
  std::string data, config;
  bool is_deep = false;
  bool as_json = false;
};

std::optional<doctor::DatabaseFacts> AskServer(const DataPaths& paths, bool is_deep) {
  try {
    return doctor::DatabaseFactsOf(
        CallServer(paths.root, "doctor.database", is_deep ? "{\"deep\":true}" : "{}"));
  } catch (const Problem&) {
    return std::nullopt;  // the finding says so
  }
}

/// The same settings that the server starts with.
doctor::DoctorInput InputOf(const DoctorArguments& arguments) {
  Settings::Sources sources;
  if (!arguments.config.empty()) sources.file = arguments.config;
  sources.environment = ProcessEnvironment();
  if (!arguments.data.empty()) sources.command_line["data.folder"] = arguments.data;
  const auto settings = Settings::Load(kServeKeys, sources);
  auto input = DoctorInputOf(settings);
  input.is_deep = arguments.is_deep;
  input.ask_server = [paths = input.paths, is_deep = arguments.is_deep] {
    return AskServer(paths, is_deep);
  };
  return input;
}

void Examine(const DoctorArguments& arguments) {
  const auto findings = doctor::Examine(InputOf(arguments));
  const bool is_terminal = ::isatty(STDOUT_FILENO) == 1;
  std::cout << (arguments.as_json ? doctor::JsonOf(findings)
                                  : doctor::TextOf(findings, is_terminal));
  if (doctor::AnyFailure(findings)) throw ExitCode{1};
}

}  // namespace

void AddDoctorCommand(CLI::App& app) {
  const auto arguments = std::make_shared<DoctorArguments>();
  auto* command = app.add_subcommand(
      "doctor", "Examine machine, data folder, database, ports and certificates");
  command->add_option("--data", arguments->data, "Data folder (default: data)");
  command->add_option("--config", arguments->config, "TOML file that the server is started with");
  command->add_flag("--deep", arguments->is_deep,
                    "Check a large database whole; takes minutes, for quiet hours");
  command->add_flag("--json", arguments->as_json, "Print the findings as JSON");
  command->footer("Example: outpost doctor --data /var/lib/outpost\nExit code 1: a check failed.");
  command->callback([arguments] { Examine(*arguments); });
}

}  // namespace outpost::cli
