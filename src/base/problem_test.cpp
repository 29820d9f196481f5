#include "base/problem.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

namespace outpost {
namespace {

TEST(Problem, EveryKindHasARowInTheErrorsPage) {
  std::ifstream in(OUTPOST_SOURCE_DIR "/docs/errors.md");
  ASSERT_TRUE(in) << "docs/errors.md is missing";
  std::stringstream page;
  page << in.rdbuf();
  std::set<std::string> numbers;
  for (int i = 0; i < kProblemKindCount; ++i) {
    const auto kind = static_cast<ProblemKind>(i);
    const std::string row =
        "| " + std::string(NumberOf(kind)) + " | `" + std::string(NameOf(kind)) + "` |";
    EXPECT_NE(page.str().find(row), std::string::npos) << row;
    EXPECT_EQ(std::stoi(std::string(NumberOf(kind))), HttpStatusOf(kind));
    EXPECT_TRUE(numbers.emplace(NumberOf(kind)).second) << "number used twice: " << NumberOf(kind);
  }
}

}  // namespace
}  // namespace outpost
