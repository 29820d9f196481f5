#include "domain/sync_log/phone_graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "base/problem.h"
#include "domain/sync_log/testing/restore_corpus.h"

namespace outpost::sync_log {
namespace {

PhoneGraph Sample() {
  return {{7, "u1", false, {{"host", 900, "", true, "household"}, {"parent", 3, "", false}}},
          {900, "u2", true, {}},
          {901, "", false, {{"parent", 0, "nowhere", false}}}};
}

TEST(PhoneGraph, IsReadBackAsItWasPacked) {
  EXPECT_EQ(UnpackGraph(Pack(Sample())), Sample());
  EXPECT_EQ(UnpackGraph(Pack(PhoneGraph{})), PhoneGraph{});
  const FormEffect effect = {{7, true, false, "u1", {{{"parent", 3, "", false}, false}}},
                             {900, false, true, std::nullopt, {{{"host", 0, "x", true}, true}}}};
  EXPECT_EQ(UnpackEffect(Pack(effect)), effect);
  const std::vector<std::int64_t> rows = {1, 5, 1'000'000'000'000};
  EXPECT_EQ(UnpackRows(PackRows(rows)), rows);
}

TEST(PhoneGraph, BytesThatAreNotWholeAreRefused) {
  const auto packed = Pack(Sample());
  for (std::size_t length = 0; length < packed.size(); ++length) {
    EXPECT_THROW(UnpackGraph(std::string_view(packed).substr(0, length)), Problem) << length;
  }
}

TEST(PhoneGraph, TenThousandCasesAreKeptInLessThanAHundredKilobytes) {
  PhoneGraph graph;
  std::int64_t row = 1'000'000;
  for (int i = 0; i < 10'000; ++i) {
    row += 3 + (i * 7919) % 2'000;  // among the cases of others
    HeldCase held{row, i % 3 == 0 ? "4f9c1d0a4f9c1d0a4f9c1d0a4f9c1d0a" : "team", false, {}};
    if (i % 2 == 1) held.indices.push_back({"parent", graph.back().row, "", false});
    graph.push_back(std::move(held));
  }
  EXPECT_LT(Pack(graph).size(), 100'000U);
}

TEST(PhoneGraph, OverlayPutsCasesInTheirPlace) {
  PhoneGraph graph = Sample();
  Overlay(graph, {{1000, "u3", false, {}}, {7, "u9", true, {}}, {8, "u8", false, {}}});
  std::vector<std::int64_t> rows;
  for (const auto& held : graph) rows.push_back(held.row);
  EXPECT_EQ(rows, (std::vector<std::int64_t>{7, 8, 900, 901, 1000}));
  EXPECT_EQ(FindHeld(graph, 7)->owner_id, "u9");
  EXPECT_EQ(FindHeld(graph, 9), nullptr);
}

TEST(PhoneGraph, ATargetThatAppearsLaterIsFound) {
  PhoneGraph graph = Sample();
  ResolveTargets(graph, [](const std::string& id) { return id == "nowhere" ? 55 : 0; });
  EXPECT_EQ(FindHeld(graph, 901)->indices[0], (HeldIndex{"parent", 55, "", false}));
}

/// Forms that were sent with a log's token, and what the log holds then.
class SubmissionsCorpus : public testing::TestWithParam<restore_corpus::Case> {
 protected:
  std::int64_t RowOf(const std::string& id) {
    return rows_.try_emplace(id, rows_.size() + 1).first->second;
  }

  BlockEffect EffectOf(const boost::json::object& block, const std::string& user_id) {
    BlockEffect effect;
    effect.row = RowOf(restore_corpus::Text(block.at("case_id")));
    effect.creates = block.contains("create");
    effect.closes = block.contains("close");
    if (effect.creates) effect.owner_id = user_id;
    for (const char* key : {"owner_id", "update_owner_id"}) {
      if (block.contains(key)) effect.owner_id = restore_corpus::Text(block.at(key));
    }
    if (const auto* indices = block.if_contains("index")) {
      for (const auto& [identifier, index] : indices->as_object()) {
        const auto target = restore_corpus::Text(index.at(0));
        HeldIndex held{std::string(identifier), target.empty() ? 0 : RowOf(target), "",
                       index.at(1) == "extension"};
        effect.indices.push_back({std::move(held), target.empty()});
      }
    }
    return effect;
  }

  std::map<std::string, std::int64_t> rows_;
};

TEST_P(SubmissionsCorpus, LeaveOnThePhoneWhatItHolds) {
  const auto& content = GetParam().content;
  const auto user_id = restore_corpus::Text(content.at("user_id"));
  OwnerIds owners;
  for (const auto& id : content.at("owner_ids").as_array()) {
    owners.insert(restore_corpus::Text(id));
  }
  PhoneGraph graph;
  for (const auto& step : content.at("steps").as_array()) {
    FormEffect form;
    for (const auto& block : step.at("form").as_array()) {
      form.push_back(EffectOf(block.as_object(), user_id));
    }
    Apply(graph, form, owners);
    std::vector<std::int64_t> held, expected;
    for (const auto& one : PurgedBy(graph, owners)) held.push_back(one.row);
    for (const auto& id : step.at("on_phone").as_array()) {
      expected.push_back(RowOf(restore_corpus::Text(id)));
    }
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(held, expected) << boost::json::serialize(step);
  }
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(SubmissionsCorpus);
INSTANTIATE_TEST_SUITE_P(Corpus, SubmissionsCorpus,
                         testing::ValuesIn(restore_corpus::CasesOf("synclog/submissions.json")),
                         [](const auto& test) { return test.param.id; });

}  // namespace
}  // namespace outpost::sync_log
