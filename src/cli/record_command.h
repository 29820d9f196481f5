#pragma once

#include <CLI/App.hpp>
#include <boost/json.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// What the commands about single forms and cases have in common: a project space, an id, who acts.
namespace outpost::cli {

struct RecordArguments {
  std::string data = "data", project, user;
  std::vector<std::string> ids;
  bool as_json = false;
};

/// Adds a sub-command with --data, --json, --project and an example.
CLI::App* AddRecordCommand(CLI::App* family, const std::shared_ptr<RecordArguments>& given,
                           const char* name, const char* what, const std::string& example);
/// The same with one or more ids and --user. Runs the admin command for each id in turn, prints one
/// line each and goes on after a refusal. @throws ExitCode 1 when one of several was refused
void AddPerId(CLI::App* family, const std::shared_ptr<RecordArguments>& given, const char* name,
              const char* what, const std::string& example, const std::string& command,
              const std::string& id_key, const boost::json::object& more = {});

/// Runs `command` for each id; see AddPerId.
void RunPerId(const RecordArguments& given, const std::string& command, const std::string& id_key,
              const boost::json::object& more);

}  // namespace outpost::cli
