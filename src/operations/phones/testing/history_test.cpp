#include "operations/phones/testing/history.h"

#include <gtest/gtest.h>

#include "operations/phones/testing/fake_server.h"

namespace outpost::phones::testing {
namespace {

constexpr std::uint64_t kSeeds = 60;

std::optional<std::string> FirstFailure(Fault fault, const HistoryOptions& options = {}) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const auto failure = RunHistory(
        seed, [&](std::uint64_t s) { return FakeWorld(s, fault); }, options);
    if (failure) return failure;
  }
  return std::nullopt;
}

TEST(History, AServerThatDoesEverythingRightPasses) {
  EXPECT_EQ(FirstFailure(Fault::kNone), std::nullopt);
}

TEST(History, ItAlsoPassesWithPhonesThatActOnCasesTheyWillLose) {
  HistoryOptions options;
  options.uses_leftovers = true;
  EXPECT_EQ(FirstFailure(Fault::kNone, options), std::nullopt);
}

TEST(History, TheSameSeedMakesTheSameHistory) {
  const auto run = [] {
    return RunHistory(7, [](std::uint64_t s) { return FakeWorld(s, Fault::kEchoes); });
  };
  ASSERT_NE(run(), std::nullopt);
  EXPECT_EQ(run(), run());
}

class HistoryFault : public ::testing::TestWithParam<Fault> {};

TEST_P(HistoryFault, IsFound) {
  const auto failure = FirstFailure(GetParam());
  ASSERT_NE(failure, std::nullopt);
  std::cout << failure->substr(0, failure->find('\n')) << '\n';
  EXPECT_NE(failure->find("fills"), std::string::npos) << "the history is told";
}

std::vector<Fault> AllFaults() {
  std::vector<Fault> faults;
  for (int i = 1; i <= static_cast<int>(kLastFault); ++i) faults.push_back(static_cast<Fault>(i));
  return faults;
}

INSTANTIATE_TEST_SUITE_P(All, HistoryFault, ::testing::ValuesIn(AllFaults()));

}  // namespace
}  // namespace outpost::phones::testing
