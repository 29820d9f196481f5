#include <gtest/gtest.h>

#include "services/mobile/restore/restore_limits.h"
#include "services/mobile/restore/restore_params.h"

namespace outpost::mobile {
namespace {

TEST(RestoreParams, VersionsAreComparedAsNumbers) {
  EXPECT_TRUE(IsVersionAtLeast("2.0", 2, 0));
  EXPECT_TRUE(IsVersionAtLeast("10.0", 2, 0));
  EXPECT_TRUE(IsVersionAtLeast("3", 2, 0));
  EXPECT_FALSE(IsVersionAtLeast("1.9", 2, 0));
  EXPECT_FALSE(IsVersionAtLeast("two", 2, 0));
  EXPECT_FALSE(IsVersionAtLeast("", 2, 0));
}

TEST(RestoreParams, FixturesAreLeftOutOnlyWithAToken) {
  http::Request request;
  request.query = {{"skip_fixtures", "true"}, {"items", "yes"}, {"device_id", "WebAppsLogin*a"}};
  auto params = std::get<RestoreParams>(ReadRestoreParams(request));
  EXPECT_FALSE(params.skips_fixtures);
  EXPECT_FALSE(params.wants_item_count);
  EXPECT_TRUE(params.is_web_apps);
  request.query.emplace_back("since", "abc");
  EXPECT_TRUE(std::get<RestoreParams>(ReadRestoreParams(request)).skips_fixtures);
  request.query.emplace_back("version", "4.0");
  EXPECT_TRUE(std::holds_alternative<std::string>(ReadRestoreParams(request)));
}

TEST(RestoreLimits, AProjectThatUsedItsShareWaits) {
  RestoreLimits limits(true);
  projects::Project project;
  project.row = 7;
  EXPECT_TRUE(limits.Limits(project));
  EXPECT_EQ(limits.Ask(project.row, 1), 0);
  std::optional<std::int64_t> wait = 0;
  for (int i = 0; i < 3 && wait == 0; ++i) wait = limits.Ask(project.row, 1);
  ASSERT_TRUE(wait);
  EXPECT_GT(*wait, 0);
  EXPECT_EQ(limits.Ask(8, 1), 0) << "another project is not held back";
  project.settings.is_exempt_from_rate_limits = true;
  EXPECT_FALSE(limits.Limits(project));
}

}  // namespace
}  // namespace outpost::mobile
