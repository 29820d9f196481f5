#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "domain/people/access.h"

namespace outpost::people {
namespace {

constexpr std::array<std::string_view, 50> kKnownKeys = {
    "edit_web_users",
    "view_web_users",
    "view_roles",
    "edit_commcare_users",
    "view_commcare_users",
    "edit_groups",
    "view_groups",
    "edit_users_in_groups",
    "edit_locations",
    "view_locations",
    "edit_users_in_locations",
    "view_data_dict",
    "edit_data_dict",
    "edit_motech",
    "edit_data",
    "edit_apps",
    "view_apps",
    "edit_shared_exports",
    "access_all_locations",
    "access_api",
    "access_web_apps",
    "edit_messaging",
    "access_release_management",
    "edit_linked_configurations",
    "edit_reports",
    "download_reports",
    "view_reports",
    "edit_ucrs",
    "view_tableau",
    "edit_billing",
    "report_an_issue",
    "access_mobile_endpoints",
    "view_file_dropzone",
    "edit_file_dropzone",
    "login_as_all_users",
    "limited_login_as",
    "access_default_login_as_user",
    "manage_data_registry",
    "view_data_registry_contents",
    "manage_attendance_tracking",
    "manage_domain_alerts",
    "edit_user_profile",
    "view_report_list",
    "view_tableau_list",
    "manage_data_registry_list",
    "view_data_registry_contents_list",
    "edit_user_profile_list",
    "web_apps_list",
    "commcare_analytics_roles",
    "commcare_analytics_roles_list",
};

constexpr std::string_view kReportList = "view_report_list";
constexpr std::string_view kAllLocations = "access_all_locations";
constexpr std::array<std::string_view, 2> kTrueWhenAbsent = {kAllLocations, "report_an_issue"};
constexpr std::array<std::string_view, 10> kBeyondOwnLocations = {
    "edit_web_users", "view_web_users", "edit_groups",  "view_groups",    "edit_apps",
    "view_roles",     "edit_reports",   "edit_billing", "edit_data_dict", "view_data_dict",
};

bool IsKnown(std::string_view key) {
  return std::find(kKnownKeys.begin(), kKnownKeys.end(), key) != kKnownKeys.end();
}

void Drop(Permissions::Keys& keys, std::string_view key) {
  const auto found = keys.find(key);
  if (found != keys.end()) keys.erase(found);
}

boost::json::array ArrayOf(const Permissions::Keys& keys) {
  boost::json::array array;
  for (const auto& key : keys) array.emplace_back(key);
  return array;
}

Permissions::Keys KeysOf(const boost::json::array& array) {
  Permissions::Keys keys;
  for (const auto& value : array) {
    if (value.is_string()) keys.emplace(std::string_view(value.get_string()));
  }
  return keys;
}

}  // namespace

std::span<const std::string_view> KnownPermissionKeys() { return kKnownKeys; }

Permissions Normalised(Permissions permissions) {
  auto& keys = permissions.keys;
  // First what is taken away: an edit key that goes gives no view key.
  if (!keys.contains(kAllLocations)) {
    for (const auto key : kBeyondOwnLocations) Drop(keys, key);
  }
  constexpr std::string_view kEdit = "edit_";
  const Permissions::Keys given = keys;
  for (const auto& key : given) {
    if (!key.starts_with(kEdit)) continue;
    const auto view = "view_" + key.substr(kEdit.size());
    if (IsKnown(view)) keys.insert(view);
  }
  if (!keys.contains("edit_groups")) Drop(keys, "edit_users_in_groups");
  if (!keys.contains("edit_locations")) Drop(keys, "edit_users_in_locations");
  if (!keys.contains("view_reports") && permissions.view_report_list.empty()) {
    Drop(keys, "download_reports");
  }
  return permissions;
}

std::string JsonOf(const Permissions& permissions) {
  boost::json::object object;
  for (const auto& key : permissions.keys) object[key] = true;
  for (const auto key : kTrueWhenAbsent) {
    if (!permissions.keys.contains(key)) object[key] = false;
  }
  object[kReportList] = ArrayOf(permissions.view_report_list);
  for (const auto& list : permissions.other_lists) object[list.first] = ArrayOf(list.second);
  return boost::json::serialize(object);
}

Permissions PermissionsOf(std::string_view json) {
  Permissions permissions;
  boost::system::error_code error;
  const auto value = boost::json::parse(json, error);
  if (error || !value.is_object()) return permissions;
  permissions.keys.insert(kTrueWhenAbsent.begin(), kTrueWhenAbsent.end());
  for (const auto& entry : value.get_object()) {
    const std::string_view key = entry.key();
    if (entry.value().is_array()) {
      auto& list = key == kReportList ? permissions.view_report_list
                                      : permissions.other_lists[std::string(key)];
      list = KeysOf(entry.value().get_array());
    } else if (entry.value() == true) {
      permissions.keys.emplace(key);
    } else {
      Drop(permissions.keys, key);
    }
  }
  return permissions;
}

}  // namespace outpost::people
