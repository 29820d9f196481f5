#include "base/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "base/problem.h"

namespace outpost {
namespace {

constexpr std::array<SettingKey, 3> kKnown = {{
    {"server.listen", "127.0.0.1:8000", "where"},
    {"server.public_url", "", "what clients see"},
    {"limits.connections", "100", "how many"},
}};

std::filesystem::path FileWith(const std::string& text) {
  auto path = std::filesystem::path(testing::TempDir()) /
              ("settings_test-" + std::to_string(::getpid()) + ".toml");
  std::ofstream(path) << text;
  return path;
}

std::string ToldBy(const Settings::Sources& sources) {
  try {
    Settings::Load(kKnown, sources);
  } catch (const Problem& problem) {
    return problem.told();
  }
  return "accepted";
}

TEST(Settings, LaterSourcesOverrideEarlierOnes) {
  Settings::Sources sources;
  sources.file = FileWith("[server]\nlisten = [\"a\", \"b\"]\n[limits]\nconnections = 7\n");
  sources.environment = {"OUTPOST_SERVER_PUBLIC_URL=https://x", "OUTPOST_CORPUS=/c", "HOME=/h"};
  sources.command_line = {{"limits.connections", "9"}};
  const auto settings = Settings::Load(kKnown, sources);
  EXPECT_THAT(settings.List("server.listen"), testing::ElementsAre("a", "b"));
  EXPECT_EQ(settings.Text("server.public_url"), "https://x");
  EXPECT_EQ(settings.Int("limits.connections"), 9);
}

TEST(Settings, AnUnknownKeyIsRefusedWithTheNearestKnownOne) {
  EXPECT_THAT(ToldBy({FileWith("[server]\nlisen = \"x\"\n"), {}, {}}),
              testing::AllOf(testing::HasSubstr("server.lisen"), testing::HasSubstr("line 2"),
                             testing::HasSubstr("Did you mean \"server.listen\"?")));
  EXPECT_THAT(ToldBy({{}, {"OUTPOST_SERVER_LISTN=x"}, {}}),
              testing::HasSubstr("OUTPOST_SERVER_LISTN"));
  EXPECT_THAT(ToldBy({FileWith("listen = 1\n"), {}, {}}), testing::HasSubstr("Unknown setting"));
}

TEST(Settings, AMissingOrBrokenFileSaysWhere) {
  EXPECT_THAT(ToldBy({"/nonexistent/outpost.toml", {}, {}}), testing::HasSubstr("cannot be read"));
  EXPECT_THROW(Settings::Load(kKnown, {FileWith("[server\n"), {}, {}}), Problem);
}

TEST(Settings, AFileThatIsNotTextIsRefusedByNameAndPlace) {
  try {
    Settings::Load(kKnown, {FileWith("[server]\nlisten = \"\xff\"\n"), {}, {}});
    FAIL() << "accepted";
  } catch (const Problem& problem) {
    EXPECT_THAT(problem.told(), testing::HasSubstr("settings_test-" + std::to_string(::getpid()) +
                                                   ".toml: This is not TOML"));
    EXPECT_EQ(problem.position().line, 2u);
    EXPECT_EQ(problem.position().column, 11u);
  }
}

TEST(Settings, NumbersAndTruthValuesAreChecked) {
  const auto settings = Settings::Load(kKnown, {});
  EXPECT_THROW(settings.Int("server.listen"), Problem);
  EXPECT_THROW(settings.Bool("limits.connections"), Problem);
}

}  // namespace
}  // namespace outpost
