#include "cli/record_command.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <iostream>

#include "base/problem.h"
#include "cli/admin_client.h"
#include "cli/commands.h"

namespace outpost::cli {

using boost::json::object;

namespace {

/// Whether this id went well; what was refused is told.
bool RunOne(const RecordArguments& given, const std::string& command, const std::string& id_key,
            const std::string& id, object arguments) {
  arguments["project"] = given.project;
  arguments[id_key] = id;
  if (!given.user.empty()) arguments["user_id"] = given.user;
  try {
    const auto answer = CallServer(given.data, command, boost::json::serialize(arguments));
    if (given.as_json) {
      std::cout << answer << '\n';
      return true;
    }
    const auto shown = boost::json::parse(answer).as_object();
    const auto* problem = shown.if_contains("problem");
    const bool is_refused = problem != nullptr && !problem->as_string().empty();
    std::cout << id << ": " << (is_refused ? problem->as_string().c_str() : "done") << '\n';
    return !is_refused;
  } catch (const Problem& problem) {
    if (given.ids.size() == 1) throw;
    std::cerr << id << ": " << problem.told() << '\n';
    return false;
  }
}

}  // namespace

void RunPerId(const RecordArguments& given, const std::string& command, const std::string& id_key,
              const object& more) {
  bool all_well = true;
  for (const auto& id : given.ids) all_well &= RunOne(given, command, id_key, id, more);
  if (!all_well) throw ExitCode{1};
}

CLI::App* AddRecordCommand(CLI::App* family, const std::shared_ptr<RecordArguments>& given,
                           const char* name, const char* what, const std::string& example) {
  auto* command = family->add_subcommand(name, what);
  command->add_option("--data", given->data, "Data folder of the server")->capture_default_str();
  command->add_flag("--json", given->as_json, "Print the answer as JSON");
  command->add_option("--project", given->project, "Name of the project space")->required();
  command->footer("Example: " + example);
  return command;
}

void AddPerId(CLI::App* family, const std::shared_ptr<RecordArguments>& given, const char* name,
              const char* what, const std::string& example, const std::string& command,
              const std::string& id_key, const object& more) {
  auto* added = AddRecordCommand(family, given, name, what, example);
  added->add_option("ids", given->ids, "One or more ids")->required();
  added->add_option("--user", given->user, "Who does it; recorded in the history");
  added->callback([given, command, id_key, more] { RunPerId(*given, command, id_key, more); });
}

}  // namespace outpost::cli
