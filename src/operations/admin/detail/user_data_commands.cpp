#include <algorithm>
#include <array>

#include "base/problem.h"
#include "domain/fixtures/restore_fixtures.h"
#include "domain/people/custom_fields.h"
#include "domain/people/user_data.h"
#include "operations/admin/detail/commands.h"
#include "operations/admin/detail/shapes.h"

namespace outpost::operations::detail {

using boost::json::array;
using boost::json::object;
using people::CustomField;

namespace {

object Describe(const people::UserProfile& profile) {
  return {{"profile_id", profile.profile_id},
          {"name", profile.name},
          {"fields", JsonOf(profile.fields)}};
}

object Describe(const CustomField& field) {
  return {{"slug", field.slug},
          {"label", field.label},
          {"required_of_workers", field.is_required_of_workers},
          {"required_of_web_users", field.is_required_of_web_users},
          {"choices", JsonOf(field.choices)},
          {"pattern", field.pattern},
          {"pattern_message", field.pattern_message}};
}

people::UserProfile RequireProfile(sql::Connection& connection, std::int64_t project,
                                   const std::string& named) {
  auto profile = people::FindProfile(connection, project, named);
  if (!profile) throw Problem(ProblemKind::kNotFound, "There is no profile " + named + ".");
  return std::move(*profile);
}

/// Puts values over those there are; without any it only shows them.
object UserData(Tools& tools, const Arguments& arguments) {
  return tools.Write([&](sql::Batch& batch) {
    auto& connection = batch.connection();
    const auto project = RequireProject(connection, arguments.Text("project"));
    const auto account = RequireUser(connection, arguments);
    auto own = people::OwnDataOf(connection, project.row, account);
    if (arguments.Has("set") || arguments.Has("unset") || arguments.Has("profile")) {
      for (auto& [key, value] : TextsOf(arguments.Object("set"), "set")) own.values[key] = value;
      for (const auto& key : arguments.Texts("unset")) own.values.erase(key);
      if (arguments.Has("profile")) {
        const auto named = arguments.Text("profile");
        own.profile_id =
            named.empty() ? "" : RequireProfile(connection, project.row, named).profile_id;
      }
      people::SetOwnData(batch, project.row, account, own);
      own = people::OwnDataOf(connection, project.row, account);
    }
    return object{{"username", account.username},
                  {"own", JsonOf(own.values)},
                  {"profile", own.profile_id},
                  {"user_data", JsonOf(fixtures::UserDataOf(connection, project, account))}};
  });
}

object SetPerson(Tools& tools, const Arguments& arguments) {
  return tools.Write([&](sql::Batch& batch) {
    const auto account = RequireUser(batch.connection(), arguments);
    auto person = people::PersonOf(account);
    person.first_name = arguments.TextOr("first_name", person.first_name);
    person.last_name = arguments.TextOr("last_name", person.last_name);
    person.language = arguments.TextOr("language", person.language);
    person.email = arguments.TextOr("email", person.email);
    if (arguments.Has("phone_numbers")) person.phone_numbers = arguments.Texts("phone_numbers");
    people::SetPerson(batch, account, person);
    return object{{"username", account.username},  {"first_name", person.first_name},
                  {"last_name", person.last_name}, {"language", person.language},
                  {"email", person.email},         {"phone_numbers", JsonOf(person.phone_numbers)}};
  });
}

object PutProfile(Tools& tools, const Arguments& arguments) {
  return tools.Write([&](sql::Batch& batch) {
    const auto project = RequireProject(batch.connection(), arguments.Text("project"));
    const auto name = arguments.Text("name");
    auto profile = people::FindProfile(batch.connection(), project.row, name)
                       .value_or(people::UserProfile{"", name, {}});
    profile.fields = TextsOf(arguments.Object("fields"), "fields");
    return Describe(people::PutProfile(batch, project.row, profile));
  });
}

object ListProfiles(Tools& tools, const Arguments& arguments) {
  const auto lease = tools.database.Read();
  const auto project = RequireProject(*lease, arguments.Text("project"));
  array list;
  for (const auto& one : people::ListProfiles(*lease, project.row)) list.push_back(Describe(one));
  return {{"profiles", std::move(list)}};
}

object DeleteProfile(Tools& tools, const Arguments& arguments) {
  return tools.Write([&](sql::Batch& batch) {
    const auto project = RequireProject(batch.connection(), arguments.Text("project"));
    const auto profile = RequireProfile(batch.connection(), project.row, arguments.Text("name"));
    people::DeleteProfile(batch, project.row, profile.profile_id);
    return Describe(profile);
  });
}

people::FieldsOf KindOf(const Arguments& arguments) {
  const auto of = arguments.TextOr("of", "user");
  if (of == "user") return people::FieldsOf::kUsers;
  if (of == "location") return people::FieldsOf::kLocations;
  throw Problem(ProblemKind::kBadRequest, "Fields are of a 'user' or a 'location'.");
}

object DescribeFields(sql::Connection& connection, std::int64_t project, people::FieldsOf kind) {
  array list;
  for (const auto& one : people::ListFields(connection, project, kind)) {
    list.push_back(Describe(one));
  }
  return {{"fields", std::move(list)}};
}

object ListFields(Tools& tools, const Arguments& arguments) {
  const auto lease = tools.database.Read();
  const auto project = RequireProject(*lease, arguments.Text("project"));
  return DescribeFields(*lease, project.row, KindOf(arguments));
}

/// Changes the fields with `change`, which gets them and the place of the one named or their end.
template <class Change>
object ChangingFields(Tools& tools, const Arguments& arguments, Change change) {
  return tools.Write([&](sql::Batch& batch) {
    const auto project = RequireProject(batch.connection(), arguments.Text("project"));
    const auto kind = KindOf(arguments);
    auto fields = people::ListFields(batch.connection(), project.row, kind);
    const auto slug = arguments.Text("slug");
    const auto named = std::find_if(fields.begin(), fields.end(),
                                    [&](const CustomField& field) { return field.slug == slug; });
    change(fields, named);
    people::SetFields(batch, project.row, kind, fields);
    return DescribeFields(batch.connection(), project.row, kind);
  });
}

using Fields = std::vector<CustomField>;

object PutField(Tools& tools, const Arguments& arguments) {
  return ChangingFields(tools, arguments, [&](Fields& fields, Fields::iterator named) {
    if (named == fields.end()) named = fields.insert(named, CustomField());
    CustomField& field = *named;
    field.slug = arguments.Text("slug");
    field.label = arguments.TextOr("label", field.label);
    field.is_required_of_workers =
        arguments.FlagOr("required_of_workers", field.is_required_of_workers);
    field.is_required_of_web_users =
        arguments.FlagOr("required_of_web_users", field.is_required_of_web_users);
    if (arguments.Has("choices")) field.choices = arguments.Texts("choices");
    field.pattern = arguments.TextOr("pattern", field.pattern);
    field.pattern_message = arguments.TextOr("pattern_message", field.pattern_message);
  });
}

object DeleteField(Tools& tools, const Arguments& arguments) {
  return ChangingFields(tools, arguments, [&](Fields& fields, Fields::iterator named) {
    if (named == fields.end()) {
      throw Problem(ProblemKind::kNotFound, "There is no field " + arguments.Text("slug") + ".");
    }
    fields.erase(named);
  });
}

}  // namespace

std::span<const Command> UserDataCommands() {
  static const std::array<Command, 8> kCommands = {{
      {"user.data", {"username", "project", "set", "unset", "profile"}, UserData},
      {"user.person",
       {"username", "project", "first_name", "last_name", "language", "email", "phone_numbers"},
       SetPerson},
      {"profile.put", {"project", "name", "fields"}, PutProfile},
      {"profile.list", {"project"}, ListProfiles},
      {"profile.delete", {"project", "name"}, DeleteProfile},
      {"field.put",
       {"project", "of", "slug", "label", "required_of_workers", "required_of_web_users", "choices",
        "pattern", "pattern_message"},
       PutField},
      {"field.list", {"project", "of"}, ListFields},
      {"field.delete", {"project", "of", "slug"}, DeleteField},
  }};
  return kCommands;
}

}  // namespace outpost::operations::detail
