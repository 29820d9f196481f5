#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/people/accounts.h"

/// What is known about a person apart from the account itself: name and phone numbers, which are
/// the account's (Account::profile), and custom data and profile, which it has per project space
/// (web document 9.6, restore document 6.4).
///
/// Every change moves kPeopleMark and appends a change record of the user. Nobody's rights depend
/// on any of it.
namespace outpost::people {

using UserData = std::map<std::string, std::string>;

inline constexpr std::size_t kUserDataBytesMax = 64 * 1024;   // of a person in a project, as JSON
inline constexpr std::size_t kPersonNameCharactersMax = 150;  // first name, last name
inline constexpr std::size_t kPhoneNumbersMax = 20;
inline constexpr std::size_t kPhoneDigitsMax = 20;

struct Person {
  std::string first_name, last_name, language, email;
  std::vector<std::string> phone_numbers;  // digits; the first is the default one
};
Person PersonOf(const Account& account);
/// What else the account's profile holds stays.
/// @throws Problem kBadRequest over a limit, for a phone number that has more than digits
void SetPerson(sql::Batch& batch, const Account& account, const Person& person);

/// A named set of values that are the same for everybody who has it and win over their own.
struct UserProfile {
  std::string profile_id;
  std::string name;
  UserData fields;
};
/// Creates (when profile_id is empty or new) or replaces. @throws Problem kBadRequest for no name,
/// a key that is no field of the project, a value that the field does not allow
UserProfile PutProfile(sql::Batch& batch, std::int64_t project, const UserProfile& profile);
/// @throws Problem kConflict while somebody has it, kNotFound
void DeleteProfile(sql::Batch& batch, std::int64_t project, std::string_view profile_id);
std::vector<UserProfile> ListProfiles(sql::Connection& connection, std::int64_t project);
/// By id, else by name.
std::optional<UserProfile> FindProfile(sql::Connection& connection, std::int64_t project,
                                       std::string_view id_or_name);

/// What a person has of their own in a project space.
struct OwnData {
  UserData values;
  std::string profile_id;  // "" without one
};
OwnData OwnDataOf(sql::Connection& connection, std::int64_t project, const Account& account);
/// Appends a change record of the user under `stamp`, for what another room knows about a person.
void AppendUserChange(sql::Batch& batch, sql::Stamp stamp, const Account& account);
/// Replaces both. Values equal to the profile's are dropped: they are the profile's.
/// @throws Problem kBadRequest for an unknown profile, what ProblemsOfValues finds, a value that
///         the profile has otherwise, over the limit; kNotFound when the account is no member
void SetOwnData(sql::Batch& batch, std::int64_t project, const Account& account,
                const OwnData& data);

/// Everything that user data is put together from; plain data.
struct UserDataParts {
  std::string project_name;
  std::vector<std::string> field_slugs;  // defined in the project space
  UserData own;
  UserData profile_fields;
  std::string profile_id;
  bool is_web_user = false;
  bool is_practice = false;
  std::string primary_location;        // ids; "" without one
  std::vector<std::string> locations;  // all assigned ones
  bool had_locations = false;          // at some time
  std::string supply_point;  // to be told; "" where stock is off or the level is administrative
  Person person;
};
/// As the data API shows it (web document 2.5): fields, own data, profile, commcare_project,
/// commcare_profile and locations.
UserData ComposeApiUserData(const UserDataParts& parts);
/// As phones get it (restore document 6.4): with supply point, name, phone, kind and practice too.
/// A phone keeps what is no longer sent: locations that were taken away are sent empty.
UserData ComposePhoneUserData(const UserDataParts& parts);

}  // namespace outpost::people
