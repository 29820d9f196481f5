#include "domain/people/user_data.h"

namespace outpost::people {
namespace {

std::string Joined(const std::vector<std::string>& ids) {
  std::string text;
  for (const auto& id : ids) text += (text.empty() ? "" : " ") + id;
  return text;
}

void PutLocations(UserData& data, const UserDataParts& parts) {
  data["commcare_location_id"] = parts.primary_location;
  data["commcare_location_ids"] = Joined(parts.locations);
  data["commcare_primary_case_sharing_id"] = parts.primary_location;
}

}  // namespace

UserData ComposeApiUserData(const UserDataParts& parts) {
  UserData data;
  for (const auto& slug : parts.field_slugs) data[slug] = "";
  for (const auto& [key, value] : parts.own) data[key] = value;
  for (const auto& [key, value] : parts.profile_fields) data[key] = value;
  data["commcare_profile"] = parts.profile_id;
  data["commcare_project"] = parts.project_name;
  if (parts.is_web_user || !parts.locations.empty()) PutLocations(data, parts);
  return data;
}

UserData ComposePhoneUserData(const UserDataParts& parts) {
  auto data = ComposeApiUserData(parts);
  if (parts.had_locations) PutLocations(data, parts);
  if (!parts.supply_point.empty()) data["commtrack-supply-point"] = parts.supply_point;
  data["commcare_first_name"] = parts.person.first_name;
  data["commcare_last_name"] = parts.person.last_name;
  data["commcare_phone_number"] =
      parts.person.phone_numbers.empty() ? "" : parts.person.phone_numbers.front();
  data["commcare_user_type"] = parts.is_web_user ? "web" : "commcare";
  if (parts.is_practice) data["user_type"] = "demo";
  return data;
}

}  // namespace outpost::people
