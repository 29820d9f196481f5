#include "domain/people/user_data.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/problem.h"
#include "base/text.h"
#include "domain/people/custom_fields.h"
#include "domain/people/detail/user_change.h"
#include "domain/people/marks.h"
#include "format/json/text_map.h"

namespace outpost::people {
namespace {

namespace bj = boost::json;

bj::object ObjectOf(std::string_view json) {
  boost::system::error_code error;
  auto value = bj::parse({json.data(), json.size()}, error);
  return error || !value.is_object() ? bj::object() : std::move(value.get_object());
}

std::string TextOf(const bj::object& from, std::string_view key) {
  const auto* text = from.if_contains({key.data(), key.size()});
  return text == nullptr || !text->is_string() ? ""
                                               : std::string(std::string_view(text->get_string()));
}

void Check(const Person& person) {
  const auto refuse = [](const char* why) { throw Problem(ProblemKind::kBadRequest, why); };
  for (const auto* name : {&person.first_name, &person.last_name}) {
    if (CountCharacters(*name) > kPersonNameCharactersMax) {
      refuse("First and last name have at most 150 characters each.");
    }
  }
  if (CountCharacters(person.email) > kUsernameCharactersMax ||
      CountCharacters(person.language) > kPersonNameCharactersMax) {
    refuse("An e-mail address has at most 254 characters, a language 150.");
  }
  if (person.phone_numbers.size() > kPhoneNumbersMax) refuse("A user has at most 20 numbers.");
  for (const auto& number : person.phone_numbers) {
    const bool is_digits =
        std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (number.empty() || number.size() > kPhoneDigitsMax || !is_digits) {
      refuse("A phone number is up to 20 digits in the international form, without + and blanks.");
    }
  }
}

std::vector<std::int64_t> ProjectsWith(sql::Connection& connection, std::int64_t account) {
  std::vector<std::int64_t> projects;
  const auto rows =
      connection.Query("SELECT project FROM memberships WHERE account = $1", {account});
  while (rows->Next()) projects.push_back(rows->Int(0));
  return projects;
}

/// A value may be there again, and is then the profile's, but not be another one.
void DropWhatTheProfileHas(UserData& values, const UserProfile& profile) {
  for (const auto& [key, fixed] : profile.fields) {
    const auto found = values.find(key);
    if (found == values.end()) continue;
    if (found->second != fixed && !found->second.empty()) {
      throw Problem(ProblemKind::kBadRequest, "'" + key + "' cannot be set directly: the profile " +
                                                  profile.name + " says what it is.");
    }
    values.erase(found);
  }
}

}  // namespace

Person PersonOf(const Account& account) {
  const auto profile = ObjectOf(account.profile);
  Person person;
  person.first_name = TextOf(profile, "first_name");
  person.last_name = TextOf(profile, "last_name");
  person.language = TextOf(profile, "language");
  person.email = TextOf(profile, "email");
  if (const auto* numbers = profile.if_contains("phone_numbers")) {
    person.phone_numbers = json::ReadTextList(bj::serialize(*numbers));
  } else if (auto number = TextOf(profile, "phone_number"); !number.empty()) {
    person.phone_numbers.push_back(std::move(number));
  }
  return person;
}

void SetPerson(sql::Batch& batch, const Account& account, const Person& person) {
  Check(person);
  auto profile = ObjectOf(account.profile);
  profile["first_name"] = person.first_name;
  profile["last_name"] = person.last_name;
  profile["language"] = person.language;
  profile["email"] = person.email;
  profile["phone_numbers"] = bj::array(person.phone_numbers.begin(), person.phone_numbers.end());
  // The default number, where the previous release looks for it.
  profile["phone_number"] = person.phone_numbers.empty() ? "" : person.phone_numbers.front();
  const auto text = bj::serialize(profile);
  batch.connection().Execute("UPDATE accounts SET profile = $1 WHERE id = $2", {text, account.row});
  const auto projects = ProjectsWith(batch.connection(), account.row);
  detail::NoteUserChange(batch, 0, account);
  for (const auto project : projects) MoveMark(batch, project, kPeopleMark, batch.last().seq);
}

OwnData OwnDataOf(sql::Connection& connection, std::int64_t project, const Account& account) {
  OwnData own;
  const auto rows =
      connection.Query("SELECT user_data FROM memberships WHERE account = $1 AND project = $2",
                       {account.row, project});
  if (!rows->Next()) return own;
  const auto stored = ObjectOf(rows->Text(0));
  own.profile_id = TextOf(stored, "profile_id");
  if (const auto* values = stored.if_contains("values")) {
    own.values = json::ReadTextMap(bj::serialize(*values));
  }
  return own;
}

void SetOwnData(sql::Batch& batch, std::int64_t project, const Account& account,
                const OwnData& data) {
  auto& connection = batch.connection();
  const bool is_web = account.kind == Kind::kWebUser;
  auto values = data.values;
  auto complete = values;
  if (!data.profile_id.empty()) {
    const auto profile = FindProfile(connection, project, data.profile_id);
    if (!profile || profile->profile_id != data.profile_id) {
      throw Problem(ProblemKind::kBadRequest, "There is no profile " + data.profile_id + ".");
    }
    DropWhatTheProfileHas(values, *profile);
    complete = profile->fields;
    complete.insert(values.begin(), values.end());
  }
  const auto problems = ProblemsOfValues(ListFields(connection, project, FieldsOf::kUsers),
                                         complete, is_web ? ValuesOf::kWebUser : ValuesOf::kWorker);
  if (!problems.empty()) throw Problem(ProblemKind::kBadRequest, problems);
  const std::string text = "{\"profile_id\":" + bj::serialize(bj::value(data.profile_id)) +
                           ",\"values\":" + json::RenderTextMap(values) + "}";
  if (text.size() > kUserDataBytesMax) {
    throw Problem(ProblemKind::kBadRequest, "The data of a user has at most 64 kB.");
  }
  const auto changed = connection.ExecuteCounted(
      "UPDATE memberships SET user_data = $1 WHERE account = $2 AND project = $3",
      {text, account.row, project});
  if (changed == 0) {
    throw Problem(ProblemKind::kNotFound,
                  account.username + " is not a member of this project space.");
  }
  detail::NoteUserChange(batch, project, account);
}

}  // namespace outpost::people
