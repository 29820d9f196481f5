#include "domain/sync/live_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "domain/sync_log/testing/restore_corpus.h"

namespace outpost::sync {
namespace {

using sync_log::CaseGraph;
using sync_log::kMissing;
using sync_log::NodeSet;

NodeSet LiveOf(std::vector<sync_log::CaseNode> nodes, std::vector<sync_log::CaseEdge> edges) {
  return LiveSet({std::move(nodes), std::move(edges)});
}

TEST(LiveSet, ChildrenAreNotPulledInByTheirParent) {
  EXPECT_EQ(LiveOf({{true, false}, {false, false}}, {{1, 0, false}}), (NodeSet{true, false}));
}

TEST(LiveSet, OpenExtensionsArePulledInWhoeverOwnsThem) {
  EXPECT_EQ(LiveOf({{true, false}, {false, false}, {false, true}}, {{1, 0, true}, {2, 0, true}}),
            (NodeSet{true, true, false}));
}

TEST(LiveSet, AnIndexToACaseThatIsGoneDoesNotCount) {
  EXPECT_EQ(LiveOf({{true, false}}, {{0, kMissing, true}}), NodeSet{true});
}

TEST(LiveSet, ACaseThatIsChildAndExtensionOfTheSameLiveCaseIsAChild) {
  EXPECT_EQ(LiveOf({{true, false}, {false, false}}, {{1, 0, true}, {1, 0, false}}),
            (NodeSet{true, false}));
}

/// Two rounds of the phone's purge do not reach the end of a zig-zag: it is not sent either.
TEST(LiveSet, OfADeepZigZagOnlyThatIsSentWhichThePhoneKeeps) {
  // case i points at i+1 as a child where i is even, and i+1's extension is i+2 …
  CaseGraph graph;
  constexpr std::uint32_t kLength = 12;
  graph.nodes.resize(kLength);
  graph.nodes[0].is_owned = true;
  for (std::uint32_t i = 0; i + 1 < kLength; ++i) {
    if (i % 2 == 0) {
      graph.edges.push_back({i, i + 1, false});
    } else {
      graph.edges.push_back({i + 1, i, true});
    }
  }
  const auto live = LiveSet(graph);
  CaseGraph sent;
  for (std::uint32_t i = 0; i < kLength; ++i) {
    if (live[i]) sent.nodes.push_back(graph.nodes[i]);
  }
  ASSERT_TRUE(live[0]);
  for (const auto& edge : graph.edges) {
    if (live[edge.from] && live[edge.to]) sent.edges.push_back(edge);
  }
  // The live part is a prefix here, so places stay as they are.
  for (const bool kept : sync_log::Purge(sent).kept) EXPECT_TRUE(kept);
}

class LiveSetCorpus : public testing::TestWithParam<restore_corpus::Case> {};

TEST_P(LiveSetCorpus, IsWhatBelongsOnThePhone) {
  const auto& content = GetParam().content;
  std::map<std::string, std::uint32_t> places;
  CaseGraph graph;
  for (const auto& [id, facts] : content.at("cases").as_object()) {
    places.emplace(id, graph.nodes.size());
    graph.nodes.push_back({facts.at("owned").as_bool(), facts.at("closed").as_bool()});
  }
  for (const auto& index : content.at("indices").as_array()) {
    graph.edges.push_back({places.at(restore_corpus::Text(index.at("case"))),
                           places.at(restore_corpus::Text(index.at("target"))),
                           index.at("relationship") == "extension"});
  }
  std::vector<std::string> live, expected;
  const auto flags = LiveSet(graph);
  for (const auto& [id, place] : places) {
    if (flags[place]) live.push_back(id);
  }
  for (const auto& id : content.at("expected_live").as_array()) {
    expected.push_back(restore_corpus::Text(id));
  }
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(live, expected);
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(LiveSetCorpus);
INSTANTIATE_TEST_SUITE_P(Named, LiveSetCorpus,
                         testing::ValuesIn(restore_corpus::CasesOf("live_set/named.json")),
                         [](const auto& test) { return test.param.id; });
INSTANTIATE_TEST_SUITE_P(Generated, LiveSetCorpus,
                         testing::ValuesIn(restore_corpus::CasesOf("live_set/graphs.json")),
                         [](const auto& test) { return test.param.id; });

}  // namespace
}  // namespace outpost::sync
