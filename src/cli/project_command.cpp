#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/json.hpp>
#include <functional>
#include <iostream>
#include <memory>

#include "base/problem.h"
#include "cli/admin_client.h"
#include "cli/commands.h"
#include "domain/projects/project_settings.h"

namespace outpost::cli {
namespace {

using boost::json::object;
using boost::json::value;

struct ProjectArguments {
  std::string data = "data";
  bool as_json = false;
  std::string name, display_name, stage, on, role;
  std::vector<std::string> permissions, switches;
};

std::string Text(const value& of) { return std::string(of.as_string().c_str()); }

void PrintProject(const value& project) {
  std::cout << Text(project.at("name")) << "  stage " << Text(project.at("stage"))
            << (project.at("suspended").as_bool() ? ", suspended" : "")
            << (project.at("secure").as_bool() ? "" : ", takes forms without signing in") << '\n';
}

void PrintProjects(const value& answer) {
  const auto& projects = answer.at("projects").as_array();
  for (const auto& project : projects) PrintProject(project);
  if (projects.empty()) {
    std::cout << "There is no project space yet. Create one: outpost project create my-project\n";
  }
}

void PrintSettings(const value& project) {
  for (const auto& known : projects::kSwitches) {
    const bool is_on = project.at("settings").at(known.name).as_bool();
    std::cout << (is_on ? "on   " : "off  ") << known.name << ": " << known.meaning << '\n';
  }
}

void PrintRole(const value& role) {
  std::cout << Text(role.at("name")) << ':';
  for (const auto& entry : role.at("permissions").as_object()) {
    if (entry.value() == true) std::cout << ' ' << std::string_view(entry.key());
  }
  std::cout << '\n';
}

void PrintRoles(const value& answer) {
  for (const auto& role : answer.at("roles").as_array()) PrintRole(role);
}

using Arguments = std::shared_ptr<ProjectArguments>;
using Print = void (*)(const value&);

void Ask(const ProjectArguments& given, std::string_view command, const object& arguments,
         Print print) {
  const auto answer = CallServer(given.data, command, boost::json::serialize(arguments));
  if (given.as_json) {
    std::cout << answer << '\n';
  } else {
    print(boost::json::parse(answer));
  }
}

CLI::App* Add(CLI::App* family, const Arguments& given, const char* name, const char* what,
              const std::string& example) {
  auto* command = family->add_subcommand(name, what);
  command->add_option("--data", given->data, "Data folder of the server")->capture_default_str();
  command->add_flag("--json", given->as_json, "Print the answer as JSON");
  command->footer("Example: " + example);
  return command;
}

CLI::App* AddNamed(CLI::App* family, const Arguments& given, const char* name, const char* what,
                   const std::string& example) {
  auto* command = Add(family, given, name, what, example);
  command->add_option("name", given->name, "Name of the project space")->required();
  return command;
}

void AddCreateAndList(CLI::App* family, const Arguments& given) {
  auto* create = AddNamed(family, given, "create", "Create a project space with its default roles",
                          "outpost project create nutrition --display-name 'Child nutrition'");
  create->add_option("--display-name", given->display_name, "What people read");
  create->callback([given] {
    object arguments{{"name", given->name}};
    if (!given->display_name.empty()) arguments["display_name"] = given->display_name;
    Ask(*given, "project.create", arguments, PrintProject);
  });
  auto* list = Add(family, given, "list", "List the project spaces", "outpost project list --json");
  list->callback([given] { Ask(*given, "project.list", {}, PrintProjects); });
}

void AddStates(CLI::App* family, const Arguments& given) {
  auto* stage = AddNamed(family, given, "stage", "Set the stage of a project space in a move",
                         "outpost project stage nutrition hold");
  stage
      ->add_option("stage", given->stage,
                   "live: normal; hold: forms are kept and applied later, restores wait; frozen: "
                   "nothing is taken")
      ->required();
  stage->callback([given] {
    Ask(*given, "project.stage", {{"name", given->name}, {"stage", given->stage}}, PrintProject);
  });
  auto* suspend = AddNamed(family, given, "suspend", "Close a project space to everybody",
                           "outpost project suspend nutrition");
  suspend->callback([given] {
    Ask(*given, "project.suspend", {{"name", given->name}}, PrintProject);
  });
  auto* resume = AddNamed(family, given, "resume", "Open a suspended project space again",
                          "outpost project resume nutrition");
  resume->callback([given] {
    Ask(*given, "project.resume", {{"name", given->name}}, PrintProject);
  });
  auto* secure = AddNamed(family, given, "secure", "Whether every form needs somebody signed in",
                          "outpost project secure nutrition off");
  secure->add_option("on", given->on, "on or off")->required()->check(CLI::IsMember({"on", "off"}));
  secure->callback([given] {
    Ask(*given, "project.secure", {{"name", given->name}, {"on", given->on == "on"}}, PrintProject);
  });
}

/// {"name": true} from "name=on".
object SwitchesOf(const std::vector<std::string>& given) {
  object switches;
  for (const auto& text : given) {
    const auto equals = text.find('=');
    const auto state = equals == std::string::npos ? "" : text.substr(equals + 1);
    if (state != "on" && state != "off") {
      throw Problem(ProblemKind::kBadRequest, "Write a setting as NAME=on or NAME=off: " + text);
    }
    switches[text.substr(0, equals)] = state == "on";
  }
  return switches;
}

void AddSettings(CLI::App* family, const Arguments& given) {
  auto* settings =
      AddNamed(family, given, "settings", "Show or change the switches of a project space",
               "outpost project settings nutrition extension_case_closing=on");
  settings->add_option("switches", given->switches, "NAME=on or NAME=off; none: only show them");
  settings->callback([given] {
    Ask(*given, "project.settings",
        {{"name", given->name}, {"settings", SwitchesOf(given->switches)}}, PrintSettings);
  });
}

void AddRoles(CLI::App* family, const Arguments& given) {
  auto* roles = AddNamed(family, given, "roles", "List the roles and what they may do",
                         "outpost project roles nutrition");
  roles->callback([given] { Ask(*given, "role.list", {{"project", given->name}}, PrintRoles); });
  auto* role = AddNamed(family, given, "role", "Create a role, or say anew what it may do",
                        "outpost project role nutrition 'API reader' access_api edit_data");
  role->add_option("role", given->role, "Name of the role")->required();
  role->add_option("permissions", given->permissions,
                   "Permission keys; -key takes away one that is given by default (write them "
                   "after --)");
  role->callback([given] {
    Ask(*given, "role.put",
        {{"project", given->name},
         {"name", given->role},
         {"permissions", boost::json::value_from(given->permissions)}},
        PrintRole);
  });
}

}  // namespace

void AddProjectCommand(CLI::App& app) {
  const auto given = std::make_shared<ProjectArguments>();
  auto* family = app.add_subcommand("project", "Create and change project spaces");
  family->require_subcommand(1);
  AddCreateAndList(family, given);
  AddStates(family, given);
  AddSettings(family, given);
  AddRoles(family, given);
}

}  // namespace outpost::cli
