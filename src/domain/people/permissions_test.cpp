#include <gtest/gtest.h>

#include "domain/people/access.h"

namespace outpost::people {
namespace {

struct Rule {
  std::string name;
  Permissions::Keys given;
  Permissions::Keys kept;
};

TEST(Permissions, AreNormalisedOnSave) {
  const Rule rules[] = {
      {"edit gives view",
       {"access_all_locations", "edit_apps", "edit_commcare_users"},
       {"access_all_locations", "edit_apps", "view_apps", "edit_commcare_users",
        "view_commcare_users"}},
      {"edit_data has no view key", {"edit_data"}, {"edit_data"}},
      {"no groups to edit, no members either",
       {"access_all_locations", "view_groups", "edit_users_in_groups"},
       {"access_all_locations", "view_groups"}},
      {"members of groups with the groups",
       {"access_all_locations", "edit_groups", "edit_users_in_groups"},
       {"access_all_locations", "edit_groups", "view_groups", "edit_users_in_groups"}},
      {"the same for locations", {"edit_users_in_locations", "view_locations"}, {"view_locations"}},
      {"no report to see, none to download", {"download_reports"}, {}},
      {"a report to download",
       {"download_reports", "view_reports"},
       {"download_reports", "view_reports"}},
      {"bound to one's locations",
       {"edit_web_users", "view_web_users", "edit_groups", "view_groups", "edit_apps", "view_roles",
        "edit_reports", "edit_billing", "edit_data_dict", "view_data_dict", "edit_users_in_groups",
        "edit_data"},
       {"edit_data"}},
      {"unknown keys stay", {"fly_drones", "edit_drones"}, {"fly_drones", "edit_drones"}},
  };
  for (const auto& rule : rules) {
    EXPECT_EQ(Normalised({rule.given, {}, {}}).keys, rule.kept) << rule.name;
  }
  const auto with_list = Normalised({{"download_reports"}, {"report-1"}, {}});
  EXPECT_TRUE(with_list.keys.contains("download_reports"));
}

TEST(Permissions, SurviveTheirJson) {
  Permissions permissions;
  permissions.keys = {"edit_data", "fly_drones"};
  permissions.view_report_list = {"report-1", "report-2"};
  permissions.other_lists["web_apps_list"] = {"app-1"};
  const auto json = JsonOf(permissions);
  const auto back = PermissionsOf(json);
  EXPECT_EQ(back.keys, permissions.keys) << json;
  EXPECT_EQ(back.view_report_list, permissions.view_report_list);
  EXPECT_EQ(back.other_lists, permissions.other_lists);
}

TEST(Permissions, TwoKeysAreTrueWhenAbsentAndBrokenTextGivesNone) {
  EXPECT_EQ(PermissionsOf("{}").keys,
            (Permissions::Keys{"access_all_locations", "report_an_issue"}));
  EXPECT_EQ(PermissionsOf(R"({"access_all_locations": false, "report_an_issue": null})").keys,
            Permissions::Keys{});
  for (const auto* text : {"", "null", "[true]", "{", "\"edit_data\""}) {
    EXPECT_TRUE(PermissionsOf(text).keys.empty()) << text;
  }
}

}  // namespace
}  // namespace outpost::people
