#include "domain/intake/apply_blocks.h"

#include <gtest/gtest.h>

#include "base/clock.h"
#include "domain/intake/submission.h"

namespace outpost::intake {
namespace {

const cases::FormContext kForm{"user", Instant{}};

CaseChanges Apply(const std::vector<cases::CaseBlock>& blocks) {
  return ApplyBlocks(blocks, kForm, [](std::string_view) { return nullptr; });
}

cases::CaseBlock BlockOf(const std::string& case_id) {
  cases::CaseBlock block;
  block.case_id = case_id;
  return block;
}

TEST(ApplyBlocks, CaseIdsMayHave255CharactersOfAnyLanguage) {
  std::string id;
  for (std::size_t i = 0; i < kIdCharactersMax; ++i) id += "ሀ";
  EXPECT_FALSE(Apply({BlockOf(id)}).error);
  const auto refused = Apply({BlockOf(id + "x")});
  ASSERT_TRUE(refused.error);
  EXPECT_EQ(refused.error->Told(),
            "CaseValueError: Error processing case update: Field: case_id, Error: Value exceeds "
            "allowed length: 255");
  EXPECT_TRUE(refused.changes.empty());
}

TEST(ApplyBlocks, AFormOfManyBlocksWithOneIndexEachForOneCaseIsNotQuadratic) {
  constexpr int kBlocks = 50'000;
  std::vector<cases::CaseBlock> blocks(kBlocks, BlockOf("c1"));
  for (int i = 0; i < kBlocks; ++i) {
    blocks[static_cast<std::size_t>(i)].indices = {
        {"i" + std::to_string(2 * kBlocks - i), "t", "c1", "child"}};
  }
  const auto started = SteadyMicros();
  const auto result = Apply(blocks);
  EXPECT_LT(SteadyMicros() - started, 5 * kMicrosPerSecond);
  ASSERT_FALSE(result.error) << result.error->Told();
  EXPECT_EQ(result.changes.front().value.indices.size(), static_cast<std::size_t>(kBlocks));
}

}  // namespace
}  // namespace outpost::intake
