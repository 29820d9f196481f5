#include "operations/upgrade/release.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "base/problem.h"
#include "operations/upgrade/history.h"

namespace outpost::upgrade {
namespace {

namespace fs = std::filesystem;

class ReleaseTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("outpost-release-" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path Write(const std::string& name, const std::string& text) {
    const auto path = folder_ / name;
    std::ofstream(path) << text;
    fs::permissions(path, fs::perms(0755));
    return path;
  }
  static std::string Read(const fs::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  fs::path folder_;
};

Question Ask(std::string from, std::string to) {
  Question question;
  question.from_version = std::move(from);
  question.to_version = std::move(to);
  question.newest_step = question.data_newest_step = 5;
  question.is_shipped = true;
  Change change;
  change.number = 7;
  change.version = "0.2.0";
  question.changes = {change};
  return question;
}

TEST_F(ReleaseTest, APlainChangeStandsInNobodysWay) {
  const auto verdict = Judge(Ask("0.1.0", "0.2.0"));
  EXPECT_EQ(verdict.changes.size(), 1U);
  EXPECT_TRUE(verdict.obstacles.empty());
  EXPECT_TRUE(Judge(Ask("0.2.0", "0.1.0")).obstacles.empty());
}

TEST_F(ReleaseTest, WhatAsksForActionIsAnObstacleUntilItWasDone) {
  auto question = Ask("0.1.0", "0.2.0");
  question.changes[0].needs_action = true;
  ASSERT_EQ(Judge(question).obstacles.size(), 1U);
  EXPECT_NE(Judge(question).obstacles[0].find("--done 7"), std::string::npos);
  question.done = {7};
  EXPECT_TRUE(Judge(question).obstacles.empty());
}

TEST_F(ReleaseTest, AReleaseIsNotSkippedThatMustNotBe) {
  auto question = Ask("0.1.0", "0.2.0");
  question.changes[0].min_from_version = "0.1.5";
  EXPECT_EQ(Judge(question).obstacles.size(), 1U);
  question.from_version = "0.1.5";
  EXPECT_TRUE(Judge(question).obstacles.empty());
}

TEST_F(ReleaseTest, WhatCannotBeUndoneNeedsABackupBeforeAndIsNotUndone) {
  auto question = Ask("0.1.0", "0.2.0");
  question.changes[0].is_reversible = false;
  EXPECT_TRUE(Judge(question).obstacles.empty());
  question.is_shipped = false;
  EXPECT_EQ(Judge(question).obstacles.size(), 1U);
  auto back = Ask("0.2.0", "0.1.0");
  back.changes[0].is_reversible = false;
  EXPECT_EQ(Judge(back).obstacles.size(), 1U);
}

TEST_F(ReleaseTest, DataThatAProgramCannotServeIsAnObstacle) {
  auto question = Ask("0.2.0", "0.1.0");
  question.oldest_step_allowed = 5;
  EXPECT_TRUE(Judge(question).obstacles.empty());
  question.oldest_step_allowed = 6;
  EXPECT_EQ(Judge(question).obstacles.size(), 1U);
}

TEST_F(ReleaseTest, TheProgramBeforeIsKeptAndTakesItsPlaceAgain) {
  const auto program = Write("outpost", "one");
  Install(Write("fresh", "two"), program);
  EXPECT_EQ(Read(program), "two");
  EXPECT_EQ(Read(PreviousOf(program)), "one");
  Return(program);
  EXPECT_EQ(Read(program), "one");
  EXPECT_EQ(Read(PreviousOf(program)), "two");
  Install(Write("fresh", "three"), program);
  EXPECT_EQ(Read(PreviousOf(program)), "one");
  EXPECT_EQ(::access(program.c_str(), X_OK), 0);
}

TEST_F(ReleaseTest, WithoutAProgramBeforeThereIsNoWayBack) {
  const auto program = Write("outpost", "one");
  EXPECT_THROW(Return(program), Problem);
  EXPECT_EQ(Read(program), "one");
}

TEST_F(ReleaseTest, AProgramIsAskedWhatItIs) {
  Release release;
  release.version = "9.9.9";
  release.newest_step = 3;
  release.changes = ShippedChanges();
  const auto notes = Write("notes.json", JsonOf(release));
  const auto program =
      Write("it's one", "#!/bin/sh\n[ \"$2\" = notes ] && cat " + notes.string() + "\n");
  EXPECT_EQ(AskRelease(program).version, "9.9.9");
  EXPECT_EQ(AskRelease(program).newest_step, 3);
  const auto old = Write("old", "#!/bin/sh\n[ \"$1\" = --version ] && echo 0.1.0\n");
  EXPECT_EQ(AskRelease(old).version, "0.1.0");
  EXPECT_THROW(AskRelease(Write("other", "#!/bin/sh\necho hello\n")), Problem);
  EXPECT_THROW(AskRelease(folder_ / "absent"), Problem);
}

TEST_F(ReleaseTest, SwitchesAreRemembered) {
  AddSwitch(folder_, {{5}, "0.1.0", "0.2.0", 77, 1'500'000, "done"});
  AddSwitch(folder_, {{6}, "0.2.0", "0.1.0", 80, 1'000'000, "undone"});
  std::ofstream(folder_ / "upgrades.jsonl", std::ios::app) << "{cut";
  const auto switches = ReadSwitches(folder_);
  ASSERT_EQ(switches.size(), 2U);
  EXPECT_EQ(switches[0].seq, 77);
  EXPECT_EQ(switches[1].outcome, "undone");
}

}  // namespace
}  // namespace outpost::upgrade
