#include <gtest/gtest.h>

#include <algorithm>

#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "transition/catalogue/item.h"

namespace outpost::transition {
namespace {

namespace fs = std::filesystem;

fs::path CorpusFile() {
  const char* set = std::getenv("OUTPOST_CORPUS");
  return fs::path(set == nullptr ? OUTPOST_CORPUS_DEFAULT : set) / "operations" / "transition" /
         "checkpoints.json";
}

std::string CorpusKind(const Item& item) {
  std::string name(NameOf(item.kind));
  if (item.kind == ItemKind::kQuestion) return "question";
  if (item.kind == ItemKind::kScope) return "rfp_scope";
  for (auto& c : name) {
    if (c == ' ' || c == '-') c = '_';
  }
  return name;
}

TEST(Catalogue, HasEveryItemOfTheGuideWithItsKindAndLevel) {
  if (!fs::exists(CorpusFile())) GTEST_SKIP() << "no conformance data at " << CorpusFile();
  std::ifstream in(CorpusFile());
  std::stringstream text;
  text << in.rdbuf();
  const auto root = boost::json::parse(text.str());
  const auto& expected = root.at("items").as_array();
  EXPECT_EQ(Items().size(), expected.size());
  for (const auto& one : expected) {
    const std::string id(one.at("id").as_string());
    const auto* item = FindItem(id);
    ASSERT_NE(item, nullptr) << id;
    EXPECT_EQ(CorpusKind(*item), one.at("kind").as_string()) << id;
    EXPECT_EQ(NameOf(item->level), std::string_view(one.at("machine").as_string())) << id;
    EXPECT_EQ(item->optional, one.at("optional").as_bool()) << id;
    EXPECT_EQ(item->section, std::string_view(one.at("section").as_string())) << id;
    const auto& phase = one.at("phase");
    EXPECT_EQ(item->phase,
              phase.is_string() ? std::string(phase.as_string()) : std::to_string(phase.as_int64()))
        << id;
    if (const auto* supports = one.as_object().if_contains("supports")) {
      const auto needs = NeedsOf(*item);
      for (const auto& question : supports->as_array()) {
        EXPECT_NE(std::find(needs.begin(), needs.end(), std::string_view(question.as_string())),
                  needs.end())
            << id << " does not need " << question;
      }
    }
  }
}

TEST(Catalogue, HasTwentyFourCheckpointsAndFortySixQuestions) {
  EXPECT_EQ(ItemsOf(ItemKind::kCheckpoint).size(), 24u);
  EXPECT_EQ(ItemsOf(ItemKind::kQuestion).size(), 46u);
  EXPECT_EQ(Items().size(), 161u);
}

TEST(Catalogue, NamesOnlyItemsThatExistAndNeverItself) {
  std::set<std::string_view> ids;
  for (const auto& item : Items()) {
    EXPECT_TRUE(ids.insert(item.id).second) << item.id << " occurs twice";
    EXPECT_FALSE(item.text.empty()) << item.id;
    EXPECT_FALSE(item.proof.empty()) << item.id;
    for (const auto need : NeedsOf(item)) {
      EXPECT_NE(need, item.id);
      EXPECT_NE(FindItem(need), nullptr) << item.id << " needs " << need;
    }
  }
}

/// Depth first; a way back to where one came from would make a checkpoint wait for itself.
bool ReachesItself(std::string_view start, std::string_view at, std::set<std::string_view>* seen) {
  for (const auto need : NeedsOf(*FindItem(at))) {
    if (need == start) return true;
    if (seen->insert(need).second && ReachesItself(start, need, seen)) return true;
  }
  return false;
}

TEST(Catalogue, HasNoItemThatWaitsForItself) {
  for (const auto& item : Items()) {
    std::set<std::string_view> seen;
    EXPECT_FALSE(ReachesItself(item.id, item.id, &seen)) << item.id;
  }
}

TEST(Catalogue, AnswersEveryCheckpointOnce) {
  std::set<std::string_view> answered;
  for (const auto& answer : Answers()) {
    EXPECT_TRUE(answered.insert(answer.id).second) << answer.id;
    ASSERT_NE(FindItem(answer.id), nullptr) << answer.id;
    EXPECT_EQ(FindItem(answer.id)->kind, ItemKind::kCheckpoint);
  }
  EXPECT_EQ(answered.size(), 24u);
}

}  // namespace
}  // namespace outpost::transition
