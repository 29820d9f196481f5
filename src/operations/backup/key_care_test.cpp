#include "operations/backup/key_care.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "operations/backup/keys.h"
#include "store/sql/testing/scratch_folder.h"

namespace outpost::backup {
namespace {

TEST(KeyCareTest, OnlyAKeyThatIsNowhereElseIsWarnedAbout) {
  const sql_testing::ScratchFolder scratch;
  const auto file = scratch.path() / "backup.key";
  auto key = LoadOrMakeBackupKey(file);
  const std::string off_site = "s3://backups/p?endpoint=https://s3.example.org&credentials=/x";
  const auto warning = KeyCareWarning(off_site, file, "");
  EXPECT_NE(warning.find("s3://backups/p"), std::string::npos);
  EXPECT_NE(warning.find(file.string()), std::string::npos);
  EXPECT_NE(KeyCareWarning("ssh://host/a", file, ""), "");
  EXPECT_EQ(KeyCareWarning("/mnt/backup", file, ""), "");
  EXPECT_EQ(KeyCareWarning("", file, ""), "");
  EXPECT_EQ(KeyCareWarning("ftp://host/a", file, ""), "");
  EXPECT_EQ(KeyCareWarning(off_site, file, "two safes"), "");
  EXPECT_EQ(KeyCareWarning(off_site, scratch.path() / "absent", ""), "");
  key.open.clear();
  std::ofstream(file, std::ios::trunc) << TextOf(key);
  EXPECT_EQ(KeyCareWarning(off_site, file, ""), "");
}

}  // namespace
}  // namespace outpost::backup
