#include "domain/sync_log/case_graph.h"

#include <gtest/gtest.h>

#include <map>

#include "domain/sync_log/testing/restore_corpus.h"

namespace outpost::sync_log {
namespace {

CaseGraph Graph(std::vector<CaseNode> nodes, std::vector<CaseEdge> edges) {
  return {std::move(nodes), std::move(edges)};
}

TEST(Purge, WhatPointsAtACaseThatIsNotThereGoesWithEverythingThatPointsAtIt) {
  const auto purged = Purge(
      Graph({{true, false}, {true, false}, {true, false}}, {{0, kMissing, false}, {1, 0, false}}));
  EXPECT_EQ(purged.kept, (NodeSet{false, false, true}));
}

TEST(Purge, AClosedParentStaysForItsOpenChild) {
  EXPECT_EQ(Purge(Graph({{true, false}, {false, true}}, {{0, 1, false}})).kept,
            (NodeSet{true, true}));
}

TEST(Purge, AnExtensionOfAClosedHostGoes) {
  EXPECT_EQ(Purge(Graph({{true, false}, {false, true}}, {{0, 1, true}})).kept,
            (NodeSet{false, false}));
}

TEST(Purge, AChildIndexBesideAnExtensionToTheSameCaseMakesItAChild) {
  EXPECT_EQ(Purge(Graph({{true, false}, {true, true}}, {{0, 1, true}, {0, 1, false}})).kept,
            (NodeSet{true, true}));
}

TEST(Purge, TellsOfACycle) {
  EXPECT_TRUE(
      Purge(Graph({{true, false}, {true, false}}, {{0, 1, false}, {1, 0, false}})).has_cycle);
  EXPECT_FALSE(Purge(Graph({{true, false}, {true, false}}, {{0, 1, false}})).has_cycle);
}

TEST(Purge, LongChainsNeedNoStack) {
  constexpr std::uint32_t kLength = 200'000;
  CaseGraph graph;
  graph.nodes.resize(kLength);
  for (std::uint32_t i = 0; i + 1 < kLength; ++i) graph.edges.push_back({i, i + 1, i % 2 == 0});
  graph.nodes[kLength - 1].is_owned = true;
  EXPECT_EQ(Purge(graph).kept[0], false);
  EXPECT_EQ(Purge(graph).kept[kLength - 1], true);
}

/// Index maps of a sync log and one pruning step after another.
class PurgeCorpus : public testing::TestWithParam<restore_corpus::Case> {};

TEST_P(PurgeCorpus, LeavesWhatIsHeld) {
  const auto& content = GetParam().content;
  std::map<std::string, std::uint32_t> places;
  CaseGraph graph;
  for (const auto& id : content.at("held").as_array()) {
    places.emplace(restore_corpus::Text(id), graph.nodes.size());
    graph.nodes.push_back({true, false});
  }
  for (const auto& id : content.at("not_directly_owned").as_array()) {
    graph.nodes[places.at(restore_corpus::Text(id))].is_owned = false;
  }
  for (const auto& id : content.at("closed").as_array()) {
    graph.nodes[places.at(restore_corpus::Text(id))].is_closed = true;
  }
  for (const char* kind : {"child_indices", "extension_indices"}) {
    for (const auto& [from, targets] : content.at(kind).as_object()) {
      for (const auto& target : targets.as_object()) {
        graph.edges.push_back({places.at(std::string(from)),
                               places.at(restore_corpus::Text(target.value())),
                               std::string_view(kind) == "extension_indices"});
      }
    }
  }
  for (const auto& step : content.at("steps").as_array()) {
    graph.nodes[places.at(restore_corpus::Text(step.at("purge")))].is_owned = false;
    const auto kept = Purge(graph).kept;
    std::vector<std::string> held, expected;
    for (const auto& [id, place] : places) {
      if (kept[place]) held.push_back(id);
    }
    for (const auto& id : step.at("held_after").as_array()) {
      expected.push_back(restore_corpus::Text(id));
    }
    EXPECT_EQ(held, expected) << "after " << restore_corpus::Text(step.at("purge"));
  }
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PurgeCorpus);
INSTANTIATE_TEST_SUITE_P(Corpus, PurgeCorpus,
                         testing::ValuesIn(restore_corpus::CasesOf("synclog/purge.json")),
                         [](const auto& test) { return test.param.id; });

}  // namespace
}  // namespace outpost::sync_log
