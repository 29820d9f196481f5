#include "domain/sync_log/state_hash.h"

#include <gtest/gtest.h>

#include "base/problem.h"
#include "domain/sync_log/testing/restore_corpus.h"

namespace outpost::sync_log {
namespace {

TEST(StateHash, TogglingAnIdTwiceLeavesTheHashAsItWas) {
  StateHash hash;
  hash.Toggle("abc123");
  const std::string one(hash.Bytes());
  hash.Toggle("123abc");
  hash.Toggle("123abc");
  EXPECT_EQ(hash.Bytes(), one);
  EXPECT_EQ(StateHash(one).Digest(1), hash.Digest(1));
  EXPECT_THROW(StateHash("short"), Problem);
}

TEST(StateHash, TheEmptySetHasAnEmptyDigest) {
  EXPECT_EQ(StateHash().Digest(0), "");
  EXPECT_TRUE(StateFits("ccsh:", ""));
}

TEST(StateHash, ThePrefixMayHaveAnyCaseAndTheDigestMayNot) {
  EXPECT_TRUE(StateFits("CCSH:ab", "ab"));
  EXPECT_FALSE(StateFits("ccsh:AB", "ab"));
  EXPECT_FALSE(StateFits("ab", "ab"));
  EXPECT_FALSE(StateFits("", ""));
}

class StateHashCorpus : public testing::TestWithParam<restore_corpus::Case> {};

TEST_P(StateHashCorpus, GivesTheDigest) {
  const auto& content = GetParam().content;
  StateHash hash;
  std::size_t count = 0;
  for (const auto& id : content.at("case_ids").as_array()) {
    hash.Toggle(restore_corpus::Text(id));
    ++count;
  }
  const auto digest = hash.Digest(count);
  EXPECT_EQ(digest, restore_corpus::Text(content.at("hash")));
  EXPECT_TRUE(StateFits(restore_corpus::Text(content.at("state_param")), digest));
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(StateHashCorpus);
INSTANTIATE_TEST_SUITE_P(Corpus, StateHashCorpus,
                         testing::ValuesIn(restore_corpus::CasesOf("state_hash/hash.json")),
                         [](const auto& test) { return test.param.id; });

}  // namespace
}  // namespace outpost::sync_log
