#include "domain/projects/projects.h"

#include <gtest/gtest.h>

#include "base/problem.h"

namespace outpost::projects {
namespace {

struct NameCase {
  std::string name;
  bool is_new;
  bool is_migrated;
};

TEST(ProjectNames, NewOnesAreSlugsAndMigratedOnesMayHaveMore) {
  const NameCase cases[] = {
      {"demo", true, true},
      {"nutrition-2024-north", true, true},
      {"7", true, true},
      {"", false, false},
      {"Demo", false, true},
      {"a--b", false, true},
      {"-a", false, true},
      {"a-", false, true},
      {"a_b.c:d", false, true},
      {"a b", false, false},
      {"a/b", false, false},
      {"ñ", false, false},
      {std::string(126, 'a'), true, true},
      {std::string(127, 'a'), false, false},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(IsValidName(c.name, NameRule::kNew), c.is_new) << c.name;
    EXPECT_EQ(IsValidName(c.name, NameRule::kMigrated), c.is_migrated) << c.name;
  }
}

TEST(ProjectNames, ASlugIsMadeFromAReadableName) {
  const std::pair<std::string, std::string> cases[] = {
      {"Child Nutrition", "child-nutrition"},
      {"  Año - 2024!  ", "ao-2024"},
      {"an_older.name", "an-older-name"},
      {"a very long name of a programme in the north", "a-very-long-name-of-a-pro"},
      {"twenty-four letters long and", "twenty-four-letters-long"},
      {"???", ""},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(SlugOf(c.first), c.second);
    EXPECT_EQ(IsValidName(c.second, NameRule::kNew), !c.second.empty()) << c.second;
  }
}

TEST(Stages, HaveNamesAndUnknownOnesAreRefusedWithTheKnownOnes) {
  for (const auto stage : {Stage::kLive, Stage::kHold, Stage::kFrozen}) {
    EXPECT_EQ(StageOf(NameOf(stage)), stage);
  }
  EXPECT_EQ(StageOf("relay"), std::nullopt);
  try {
    ParseStage("relay");
    FAIL() << "accepted";
  } catch (const Problem& problem) {
    EXPECT_NE(std::string(problem.told()).find("live, hold, frozen"), std::string::npos);
  }
}

}  // namespace
}  // namespace outpost::projects
