#include "domain/device_logs/policy.h"

#include <gtest/gtest.h>

#include "base/problem.h"

namespace outpost::device_logs {
namespace {

using Verdict = Gate::Verdict;

TEST(DeviceLogPolicy, SaysWhichReportsAreKept) {
  struct Case {
    const char* keep;
    bool is_forced;
    Verdict verdict;
  };
  for (const auto& c :
       {Case{"all", false, Verdict::kKept}, Case{"all", true, Verdict::kKept},
        Case{"forced", false, Verdict::kUnwanted}, Case{"forced", true, Verdict::kKept},
        Case{"none", true, Verdict::kUnwanted}}) {
    Gate gate({ParseKeep(c.keep), 0});
    EXPECT_EQ(gate.Judge(1, 1LL << 40, c.is_forced, {}), c.verdict) << c.keep;
  }
  EXPECT_THROW(ParseKeep("some"), Problem);
}

TEST(DeviceLogPolicy, AProjectMaySendSoMuchADayAndNotOneByteMore) {
  Gate gate({Keep::kAll, 1'000});
  const Instant noon{kMicrosPerDay / 2};
  EXPECT_EQ(gate.Judge(1, 999, false, noon), Verdict::kKept);
  EXPECT_EQ(gate.Judge(1, 2, false, noon), Verdict::kOverLimit);
  EXPECT_EQ(gate.Judge(1, 1, false, noon), Verdict::kKept);
  EXPECT_EQ(gate.Judge(1, 1, true, noon), Verdict::kOverLimit);
  EXPECT_EQ(gate.Judge(2, 1'000, false, noon), Verdict::kKept) << "another project has its own";
  EXPECT_EQ(gate.Judge(1, 1'000, false, noon + kMicrosPerDay), Verdict::kKept) << "a new day";
}

}  // namespace
}  // namespace outpost::device_logs
