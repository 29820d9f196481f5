#include <iostream>

#include "cli/commands.h"
#include "cli/question.h"

namespace outpost::cli {
namespace {

using boost::json::object;

void PrintGroup(const object& group) {
  std::cout << TextOf(group, "name") << "  (" << TextOf(group, "group_id") << ")"
            << If(group, "case_sharing", "shares cases") << If(group, "reporting", "in reports")
            << '\n';
}

void PrintWithUsers(const object& group) {
  PrintGroup(group);
  for (const auto& user : group.at("users").as_array()) {
    std::cout << "  " << TextOf(user.as_object(), "username") << '\n';
  }
}

QuestionCommand& WithSettings(QuestionCommand& command) {
  return command.Switch("case-sharing", "case_sharing", "Its cases go to all its members' phones")
      .Switch("reporting", "reporting", "It can be chosen in reports")
      .Pairs("--metadata", "metadata", "NAME=VALUE that phones get with the group; several");
}

}  // namespace

void AddGroupCommand(CLI::App& app) {
  auto* family = app.add_subcommand("group", "Groups of mobile workers");
  family->require_subcommand(1);
  QuestionCommand create(family, "create", "Create a group",
                         "outpost group create 'Team North' --case-sharing --project nutrition");
  create.Text("name", "name", "Name of the group", true);
  WithSettings(create).Asks("group.create", PrintGroup);
  QuestionCommand change(family, "change", "Change a group",
                         "outpost group change 'Team North' --no-reporting --project nutrition");
  change.Text("group", "group", "Name or id of the group", true)
      .Text("--name", "name", "Its new name");
  WithSettings(change).Asks("group.change", PrintWithUsers);
  QuestionCommand(family, "list", "List the groups of a project space",
                  "outpost group list --project nutrition")
      .AsksPages("group.list", "groups", "after", PrintGroup);
  QuestionCommand(family, "show", "Show a group and who is in it",
                  "outpost group show 'Team North' --project nutrition")
      .Text("group", "group", "Name or id of the group", true)
      .Asks("group.show", PrintWithUsers);
  QuestionCommand(family, "add", "Put a mobile worker into a group",
                  "outpost group add 'Team North' asha --project nutrition")
      .Text("group", "group", "Name or id of the group", true)
      .Text("username", "username", "A mobile worker", true)
      .Asks("group.add", PrintWithUsers);
  QuestionCommand(family, "remove", "Take a mobile worker out of a group",
                  "outpost group remove 'Team North' asha --project nutrition")
      .Text("group", "group", "Name or id of the group", true)
      .Text("username", "username", "A mobile worker", true)
      .Asks("group.remove", PrintWithUsers);
  QuestionCommand(family, "delete", "Delete a group; its members stay",
                  "outpost group delete 'Team North' --project nutrition")
      .Text("group", "group", "Name or id of the group", true)
      .Asks("group.delete", PrintGroup);
}

}  // namespace outpost::cli
