#include "engine/suite/resource.h"

#include <gtest/gtest.h>

namespace outpost::suite {
namespace {

TEST(LocalPath, IsSeenFromTheFileThatNamesIt) {
  EXPECT_EQ(LocalPath("./suite.xml", "profile.ccpr"), "suite.xml");
  EXPECT_EQ(LocalPath("modules-0/./forms-0.xml", "sub/suite.xml"), "sub/modules-0/forms-0.xml");
  EXPECT_EQ(LocalPath("jr://file/commcare/image/x.png", "sub/suite.xml"), "commcare/image/x.png");
}

TEST(LocalPath, IsEmptyWhereTheFolderIsLeftOrAnotherPlaceIsMeant) {
  EXPECT_EQ(LocalPath("../other/suite.xml", "profile.ccpr"), "");
  EXPECT_EQ(LocalPath("a/../../suite.xml", "profile.ccpr"), "");
  EXPECT_EQ(LocalPath("/etc/passwd", "profile.ccpr"), "");
  EXPECT_EQ(LocalPath("https://h/suite.xml", "profile.ccpr"), "");
  EXPECT_EQ(LocalPath("jr://asset/suite.xml", "profile.ccpr"), "");
}

TEST(ResolveLocation, DropsTheQueryOfTheParent) {
  EXPECT_EQ(ResolveLocation("./suite.xml", "https://h/b1/media_profile.ccpr?latest=true"),
            "https://h/b1/suite.xml");
  EXPECT_EQ(ResolveLocation("./modules-0/forms-0.xml", "jr://archive/G/profile.ccpr"),
            "jr://archive/G/modules-0/forms-0.xml");
  EXPECT_EQ(ResolveLocation("https://x/y", "https://h/b1/profile.ccpr"), "https://x/y");
}

}  // namespace
}  // namespace outpost::suite
