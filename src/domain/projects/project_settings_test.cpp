#include "domain/projects/project_settings.h"

#include <gtest/gtest.h>

#include "base/problem.h"

namespace outpost::projects {
namespace {

std::string Refusal(std::string_view changes) {
  try {
    MergeSettings("{}", changes);
  } catch (const Problem& problem) {
    EXPECT_EQ(problem.kind(), ProblemKind::kBadRequest);
    return problem.told();
  }
  return "";
}

TEST(ProjectSettings, AreOffUntilTheyAreSwitchedOn) {
  EXPECT_FALSE(ReadSettings("{}").closes_extensions);
  const auto merged = MergeSettings("{}", R"({"extension_case_closing": true})");
  EXPECT_TRUE(ReadSettings(merged).closes_extensions);
  EXPECT_FALSE(ReadSettings(merged).blocks_submissions);
}

TEST(ProjectSettings, KeepWhatANewerReleaseWrote) {
  const auto merged = MergeSettings(R"({"of_tomorrow": 7, "block_submissions": true})",
                                    R"({"block_submissions": false})");
  EXPECT_NE(merged.find("\"of_tomorrow\":7"), std::string::npos) << merged;
  EXPECT_FALSE(ReadSettings(merged).blocks_submissions);
}

TEST(ProjectSettings, RefuseWhatTheyDoNotKnow) {
  EXPECT_EQ(Refusal(R"({"block_submission": true})"),
            "There is no setting 'block_submission' of project spaces. Did you mean "
            "'block_submissions'?");
  EXPECT_EQ(Refusal(R"({"block_submissions": 1})"),
            "The setting 'block_submissions' must be true or false.");
  EXPECT_EQ(Refusal("[]"), "Settings must be a JSON object.");
}

TEST(ProjectSettings, AreRenderedWhole) {
  ProjectSettings settings;
  settings.blocks_submissions = true;
  std::string expected;
  for (const auto& known : kSwitches) {
    expected += expected.empty() ? "{\"" : ",\"";
    expected += known.name;
    expected += known.name == "block_submissions" ? "\":true" : "\":false";
  }
  EXPECT_EQ(RenderSettings(settings), expected + "}");
}

}  // namespace
}  // namespace outpost::projects
