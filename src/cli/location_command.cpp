#include <iostream>

#include "cli/commands.h"
#include "cli/question.h"

namespace outpost::cli {
namespace {

using boost::json::object;

void PrintType(const object& type) {
  std::cout << TextOf(type, "code") << "  " << TextOf(type, "name");
  if (const auto parent = TextOf(type, "parent"); !parent.empty())
    std::cout << ", below " << parent;
  std::cout << If(type, "shares_cases", "owns cases")
            << If(type, "view_descendants", "views child data")
            << If(type, "administrative", "administrative") << '\n';
}

void PrintLocation(const object& location) {
  std::cout << TextOf(location, "site_code") << "  " << TextOf(location, "name") << "  ("
            << TextOf(location, "type") << ", " << TextOf(location, "location_id") << ")"
            << If(location, "archived", "archived") << '\n';
}

void PrintAssigned(const object& assigned) {
  std::cout << TextOf(assigned, "username") << " works at";
  for (const auto& id : assigned.at("locations").as_array()) {
    std::cout << ' ' << id.as_string().c_str();
  }
  std::cout << "; primary: " << TextOf(assigned, "primary") << '\n';
}

void AddTypeCommands(CLI::App* family) {
  QuestionCommand(family, "type-create", "Create a level, or change what is said of it",
                  "outpost location type-create city --parent state --shares-cases --project chw")
      .Text("code", "code", "Code of the level: letters, digits, _ and -", true)
      .Text("--name", "name", "Name of the level (its code)")
      .Text("--parent", "parent", "Level above it")
      .Switch("administrative", "administrative", "Keeps no stock")
      .Switch("shares-cases", "shares_cases", "Its locations own cases")
      .Switch("view-child-data", "view_descendants", "Its workers see cases of what is below")
      .Switch("has-users", "has_users", "People can work at its locations")
      .Text("--expand-from", "expand_from", "Phones get locations from this level on")
      .Switch("expand-from-root", "expand_from_root", "Phones get locations from the top on")
      .Text("--expand-to", "expand_to", "Phones get locations down to this level")
      .Text("--include-without-expanding", "include_without_expanding",
            "Phones get all locations down to this level too")
      .Texts("--include-only", "include_only", "Phones get locations of this level only; several")
      .Text("--view-child-data-to", "expand_view_child_data_to",
            "How far down its workers see cases, where the project space limits that")
      .Asks("location.put_type", PrintType);
  QuestionCommand(family, "type-list", "List the levels",
                  "outpost location type-list --project chw")
      .AsksPages("location.list_types", "types", "after", PrintType);
  QuestionCommand(family, "type-delete", "Delete a level that nothing needs",
                  "outpost location type-delete city --project chw")
      .Text("code", "code", "Code of the level", true)
      .Asks("location.delete_type", PrintType);
}

QuestionCommand& WithDetails(QuestionCommand& command) {
  return command
      .Text("--site-code", "site_code", "Short name of its own: a-z, 0-9, _ and - (made up)")
      .Text("--external-id", "external_id", "Id in another system")
      .Text("--latitude", "latitude", "Decimal degrees")
      .Text("--longitude", "longitude", "Decimal degrees")
      .Text("--supply-point", "supply_point_id", "Case id of its supply point")
      .Pairs("--field", "fields", "NAME=VALUE of a custom field; several");
}

QuestionCommand Named(CLI::App* family, const char* name, const char* what, const char* example) {
  QuestionCommand command(family, name, what, example);
  command.Text("location", "location", "Site code or id of the location", true);
  return command;
}

}  // namespace

void AddLocationCommand(CLI::App& app) {
  auto* family = app.add_subcommand("location", "Locations: levels, the tree, who works where");
  family->require_subcommand(1);
  AddTypeCommands(family);
  QuestionCommand create(family, "create", "Create a location",
                         "outpost location create Panaji --type city --parent goa --project chw");
  create.Text("name", "name", "Name of the location", true)
      .Text("--type", "type", "Code of its level", true)
      .Text("--parent", "parent", "Site code or id of the location above it");
  WithDetails(create).Asks("location.create", PrintLocation);
  auto change = Named(family, "change", "Change what is said of a location",
                      "outpost location change panaji --name 'New Panaji' --project chw");
  change.Text("--name", "name", "Its new name");
  WithDetails(change).Asks("location.change", PrintLocation);
  QuestionCommand(family, "list", "List the locations of a project space",
                  "outpost location list --project chw")
      .AsksPages("location.list", "locations", "after", PrintLocation);
  Named(family, "move", "Move a location with everything below it",
        "outpost location move panaji kerala --project chw")
      .Text("parent", "parent", "Site code or id of its new parent; '' for none", true)
      .Asks("location.move", PrintLocation);
  Named(family, "archive", "Take a location and everything below it out of use",
        "outpost location archive panaji --project chw")
      .Always("on", true)
      .Asks("location.archive", PrintLocation);
  Named(family, "unarchive", "Bring an archived location back",
        "outpost location unarchive panaji --project chw")
      .Always("on", false)
      .Asks("location.archive", PrintLocation);
  QuestionCommand(family, "assign", "Say at which locations somebody works",
                  "outpost location assign asha panaji margao --primary margao --project chw")
      .Text("username", "username", "A mobile worker or a web user", true)
      .Texts("locations", "locations", "Site codes or ids; none: nowhere")
      .Text("--primary", "primary", "The primary location (the first)")
      .Asks("location.assign", PrintAssigned);
}

}  // namespace outpost::cli
