#include <iostream>

#include "cli/commands.h"
#include "cli/question.h"

namespace outpost::cli {
namespace {

using boost::json::object;

void PrintData(const object& answer) {
  std::cout << TextOf(answer, "username") << '\n';
  for (const auto& entry : answer.at("user_data").as_object()) {
    std::cout << "  " << entry.key() << " = " << entry.value().as_string().c_str() << '\n';
  }
}

void PrintPerson(const object& person) {
  std::cout << TextOf(person, "username") << "  " << TextOf(person, "first_name") << ' '
            << TextOf(person, "last_name");
  for (const auto& number : person.at("phone_numbers").as_array()) {
    std::cout << "  " << number.as_string().c_str();
  }
  std::cout << '\n';
}

void PrintProfile(const object& profile) {
  std::cout << TextOf(profile, "name") << "  (" << TextOf(profile, "profile_id") << ")";
  for (const auto& entry : profile.at("fields").as_object()) {
    std::cout << "  " << entry.key() << '=' << entry.value().as_string().c_str();
  }
  std::cout << '\n';
}

void PrintField(const object& field) {
  std::cout << TextOf(field, "slug") << "  " << TextOf(field, "label")
            << If(field, "required_of_workers", "required")
            << If(field, "required_of_web_users", "required of web users");
  for (const auto& choice : field.at("choices").as_array()) {
    std::cout << " | " << choice.as_string().c_str();
  }
  if (const auto pattern = TextOf(field, "pattern"); !pattern.empty()) std::cout << "  " << pattern;
  std::cout << '\n';
}

void PrintFields(const object& answer) {
  for (const auto& field : answer.at("fields").as_array()) PrintField(field.as_object());
}

}  // namespace

void AddUserDataCommands(CLI::App* family) {
  QuestionCommand(family, "data", "Show and change custom data, as phones get it",
                  "outpost user data asha --set chw_id=13 --profile Supervisors --project chw")
      .Text("username", "username", "A mobile worker or a web user", true)
      .Pairs("--set", "set", "NAME=VALUE; several")
      .Texts("--unset", "unset", "A name to take away; several")
      .Text("--profile", "profile", "Name or id of a profile; '' for none")
      .Asks("user.data", PrintData);
  QuestionCommand(family, "person", "Change name, language, e-mail address and phone numbers",
                  "outpost user person asha --first-name Asha --phone 919812345678 --project chw")
      .Text("username", "username", "A mobile worker or a web user", true)
      .Text("--first-name", "first_name", "First name")
      .Text("--last-name", "last_name", "Last name")
      .Text("--language", "language", "Code of the language")
      .Text("--email", "email", "E-mail address of a mobile worker")
      .Texts("--phone", "phone_numbers",
             "Phone number, digits only; several, the default one first")
      .Asks("user.person", PrintPerson);
}

void AddProfileCommand(CLI::App& app) {
  auto* family = app.add_subcommand("profile", "Profiles: values that many users have alike");
  family->require_subcommand(1);
  QuestionCommand(family, "create", "Create a profile or replace its values",
                  "outpost profile create Supervisors --set zone=south --project chw")
      .Text("name", "name", "Name of the profile", true)
      .Pairs("--set", "fields", "NAME=VALUE of a user field; several")
      .Asks("profile.put", PrintProfile);
  QuestionCommand(family, "list", "List the profiles", "outpost profile list --project chw")
      .AsksPages("profile.list", "profiles", "after", PrintProfile);
  QuestionCommand(family, "delete", "Delete a profile that nobody has",
                  "outpost profile delete Supervisors --project chw")
      .Text("name", "name", "Name or id of the profile", true)
      .Asks("profile.delete", PrintProfile);
}

void AddFieldCommand(CLI::App& app) {
  auto* family = app.add_subcommand("field", "Custom fields of users and locations");
  family->require_subcommand(1);
  const char* of = "user (as it is) or location";
  QuestionCommand(family, "put", "Define a field, or change what is said of it",
                  "outpost field put zone --choice north --choice south --required --project chw")
      .Text("slug", "slug", "Name of the field: letters, digits, _ and -", true)
      .Text("--of", "of", of)
      .Text("--label", "label", "What people read")
      .Switch("required", "required_of_workers", "Every mobile worker or location must have it")
      .Switch("required-of-web-users", "required_of_web_users", "Every web user must have it")
      .Texts("--choice", "choices", "A value that it may have; several")
      .Text("--pattern", "pattern", "Regular expression that is found in every value")
      .Text("--message", "pattern_message", "What is told when it is not")
      .Asks("field.put", PrintFields);
  QuestionCommand(family, "list", "List the fields",
                  "outpost field list --of location --project chw")
      .Text("--of", "of", of)
      .Asks("field.list", PrintFields);
  QuestionCommand(family, "delete", "Take a field away; values stay where they are",
                  "outpost field delete zone --project chw")
      .Text("slug", "slug", "Name of the field", true)
      .Text("--of", "of", of)
      .Asks("field.delete", PrintFields);
}

}  // namespace outpost::cli
