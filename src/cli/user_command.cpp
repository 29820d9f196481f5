#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/json.hpp>
#include <functional>
#include <iostream>
#include <memory>
#include <utility>

#include "cli/admin_client.h"
#include "cli/ask_password.h"
#include "cli/commands.h"

namespace outpost::cli {
namespace {

using boost::json::object;
using boost::json::value;

struct UserArguments {
  std::string data = "data";
  bool as_json = false;
  std::string username, project, kind, role, first_name, last_name, key_name, on;
  bool is_admin = false, is_superuser = false, is_practice = false, has_api = false;
  bool password_stdin = false, generate = false, cancels = false;
  std::vector<std::string> addresses;
  int days = 0;
};
using Given = std::shared_ptr<UserArguments>;

std::string Text(const value& of) { return std::string(of.as_string().c_str()); }

/// The argument is left out when it was not given.
void Put(object& arguments, const char* key, const std::string& text) {
  if (!text.empty()) arguments[key] = text;
}
void Put(object& arguments, const char* key, bool is_on) {
  if (is_on) arguments[key] = true;
}

object Named(const UserArguments& given) {
  object arguments{{"username", given.username}};
  Put(arguments, "project", given.project);
  return arguments;
}

object Call(const UserArguments& given, std::string_view command, const object& arguments) {
  const auto answer = CallServer(given.data, command, boost::json::serialize(arguments));
  return boost::json::parse(answer).as_object();
}

void PrintUser(const object& user) {
  std::cout << Text(user.at("username")) << "  " << Text(user.at("kind")) << ", "
            << Text(user.at("state")) << (user.at("superuser").as_bool() ? ", superuser" : "")
            << (user.at("practice").as_bool() ? ", practice" : "");
  if (user.contains("role")) std::cout << ", " << Text(user.at("role"));
  std::cout << '\n';
}

void Show(const UserArguments& given, const object& user) {
  if (given.as_json) {
    std::cout << boost::json::serialize(user) << '\n';
  } else {
    PrintUser(user);
  }
}

/// A password that this command made is in no other place.
void ShowWithPassword(const UserArguments& given, object user, const AskedPassword& password) {
  if (given.as_json) {
    if (password.is_generated) user["password"] = password.text;
    std::cout << boost::json::serialize(user) << '\n';
    return;
  }
  PrintUser(user);
  if (password.is_generated) {
    std::cout << "Password, shown only now: " << password.text << '\n';
  }
}

void Create(const UserArguments& given) {
  const auto password = AskPassword(given.password_stdin, given.generate);
  auto arguments = Named(given);
  arguments["password"] = password.text;
  Put(arguments, "kind", given.kind);
  Put(arguments, "role", given.role);
  Put(arguments, "first_name", given.first_name);
  Put(arguments, "last_name", given.last_name);
  Put(arguments, "admin", given.is_admin);
  Put(arguments, "superuser", given.is_superuser);
  Put(arguments, "practice", given.is_practice);
  Put(arguments, "api", given.has_api);
  ShowWithPassword(given, Call(given, "user.create", arguments), password);
}

void ChangePassword(const UserArguments& given) {
  const auto password = AskPassword(given.password_stdin, given.generate);
  auto arguments = Named(given);
  arguments["password"] = password.text;
  ShowWithPassword(given, Call(given, "user.password", arguments), password);
}

/// Page by page, so that a list of any length needs little memory on the server.
void List(const UserArguments& given) {
  object arguments;
  Put(arguments, "project", given.project);
  boost::json::array all;
  while (true) {
    const auto page = Call(given, "user.list", arguments);
    for (const auto& user : page.at("users").as_array()) {
      if (given.as_json) {
        all.push_back(user);
      } else {
        PrintUser(user.as_object());
      }
    }
    if (page.at("next").is_null()) break;
    arguments["after"] = page.at("next");
  }
  if (given.as_json) {
    std::cout << boost::json::serialize(object{{"users", std::move(all)}}) << '\n';
  }
}

void CreateKey(const UserArguments& given) {
  auto arguments = Named(given);
  arguments["name"] = given.key_name;
  if (!given.addresses.empty()) arguments["addresses"] = boost::json::value_from(given.addresses);
  if (given.days != 0) arguments["days"] = given.days;
  const auto key = Call(given, "user.api_key", arguments);
  if (given.as_json) {
    std::cout << boost::json::serialize(key) << '\n';
  } else {
    std::cout << "API key of " << Text(key.at("username")) << ", shown only now:\n"
              << Text(key.at("key")) << '\n';
  }
}

CLI::App* Add(CLI::App* family, const Given& given, const char* name, const char* what,
              const std::string& example) {
  auto* command = family->add_subcommand(name, what);
  command->add_option("--data", given->data, "Data folder of the server")->capture_default_str();
  command->add_flag("--json", given->as_json, "Print the answer as JSON");
  command->footer("Example: " + example);
  return command;
}

CLI::App* AddNamed(CLI::App* family, const Given& given, const char* name, const char* what,
                   const std::string& example) {
  auto* command = Add(family, given, name, what, example);
  command
      ->add_option("username", given->username,
                   "E-mail address of a web user, or a mobile worker's name")
      ->required();
  command->add_option("--project", given->project, "Project space");
  return command;
}

void AddPasswordOptions(CLI::App* command, const Given& given) {
  command->add_flag("--password-stdin", given->password_stdin,
                    "Read the password from the first line of standard input");
  command->add_flag("--generate", given->generate, "Make a password and show it once");
}

void AddCreate(CLI::App* family, const Given& given) {
  auto* create = AddNamed(family, given, "create", "Create a mobile worker or a web user",
                          "outpost user create asha --project nutrition\n"
                          "         outpost user create ada@example.org --superuser\n"
                          "         outpost user create bot@example.org --project nutrition "
                          "--role 'Read Only' --api");
  AddPasswordOptions(create, given);
  create->add_option("--kind", given->kind, "mobile or web, where the name does not tell");
  create->add_option("--role", given->role, "Role in the project space");
  create->add_flag("--admin", given->is_admin, "Administrator of the project space");
  create->add_flag("--superuser", given->is_superuser, "May do everything on this server");
  create->add_flag("--practice", given->is_practice, "Mobile worker for practice");
  create->add_flag("--api", given->has_api, "May sign in with Digest, as API clients do");
  create->add_option("--first-name", given->first_name, "First name");
  create->add_option("--last-name", given->last_name, "Last name");
  create->callback([given] { Create(*given); });
}

void AddStates(CLI::App* family, const Given& given) {
  struct Change {
    const char* name;
    const char* what;
    const char* state;
  };
  for (const auto& change :
       {Change{"deactivate", "Close an account until it is activated again", "deactivated"},
        Change{"activate", "Open an account again", "active"},
        Change{"delete", "Delete an account; its forms and cases stay", "deleted"}}) {
    auto* command =
        AddNamed(family, given, change.name, change.what,
                 std::string("outpost user ") + change.name + " asha --project nutrition");
    command->callback([given, state = change.state] {
      auto arguments = Named(*given);
      arguments["state"] = state;
      Show(*given, Call(*given, "user.state", arguments));
    });
  }
}

void AddSwitches(CLI::App* family, const Given& given) {
  struct Switch {
    const char* name;
    const char* what;
    const char* example;
  };
  for (const auto& one :
       {Switch{"superuser", "Give or take the right to do everything on this server",
               "outpost user superuser ada@example.org on"},
        Switch{"practice", "Whether a mobile worker is for practice",
               "outpost user practice asha on --project nutrition"},
        Switch{"digest", "Sign-in with Digest, from the next password change on",
               "outpost user digest bot@example.org on"}}) {
    auto* command = AddNamed(family, given, one.name, one.what, one.example);
    command->add_option("on", given->on, "on or off")
        ->required()
        ->check(CLI::IsMember({"on", "off"}));
    command->callback([given, name = one.name] {
      auto arguments = Named(*given);
      arguments["on"] = given->on == "on";
      Show(*given, Call(*given, std::string("user.") + name, arguments));
    });
  }
}

void AddRequestLogs(CLI::App* family, const Given& given) {
  auto* logs = AddNamed(family, given, "request-logs",
                        "Ask a user's phone for its logs; it sends them after its next heartbeat",
                        "outpost user request-logs asha --project nutrition");
  logs->add_flag("--cancel", given->cancels, "Take the request back");
  logs->callback([given] {
    auto arguments = Named(*given);
    arguments["on"] = !given->cancels;
    Show(*given, Call(*given, "user.request_logs", arguments));
  });
}

void AddKeysAndMembers(CLI::App* family, const Given& given) {
  auto* key = AddNamed(family, given, "key", "Make an API key; it is shown once",
                       "outpost user key bot@example.org export --project nutrition --days 365");
  key->add_option("name", given->key_name, "Name of the key")->required();
  key->add_option("--address", given->addresses, "IP address or network it counts from; several");
  key->add_option("--days", given->days, "Days until it expires (never)");
  key->callback([given] { CreateKey(*given); });
  auto* member = AddNamed(family, given, "member", "Give a user a role in a project space",
                          "outpost user member ada@example.org --project nutrition --admin");
  member->add_option("--role", given->role, "Role in the project space");
  member->add_flag("--admin", given->is_admin, "Administrator of the project space");
  member->callback([given] {
    auto arguments = Named(*given);
    Put(arguments, "role", given->role);
    Put(arguments, "admin", given->is_admin);
    Show(*given, Call(*given, "user.member", arguments));
  });
  auto* leave = AddNamed(family, given, "leave", "Take a web user out of a project space",
                         "outpost user leave ada@example.org --project nutrition");
  leave->callback([given] { Show(*given, Call(*given, "user.leave", Named(*given))); });
}

}  // namespace

void AddUserCommand(CLI::App& app) {
  const auto given = std::make_shared<UserArguments>();
  auto* family = app.add_subcommand("user", "Create and change mobile workers and web users");
  family->require_subcommand(1);
  AddCreate(family, given);
  auto* list = Add(family, given, "list", "List the people of a project space, or all web users",
                   "outpost user list --project nutrition");
  list->add_option("--project", given->project, "Project space");
  list->callback([given] { List(*given); });
  auto* password = AddNamed(family, given, "password", "Set a new password",
                            "outpost user password asha --project nutrition");
  AddPasswordOptions(password, given);
  password->callback([given] { ChangePassword(*given); });
  AddStates(family, given);
  AddSwitches(family, given);
  AddRequestLogs(family, given);
  AddKeysAndMembers(family, given);
  AddUserDataCommands(family);
}

}  // namespace outpost::cli
