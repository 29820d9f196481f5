#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>

#include "base/seeded_random.h"
#include "insight/search/index.h"
#include "insight/search/search_feeder.h"
#include "store/query/query.h"
#include "store/sql/testing/scratch_database.h"

namespace outpost::search {
namespace {

constexpr std::int64_t kWaitMicros = 20 * kMicrosPerSecond;
constexpr const char* kPaths[] = {"form.a", "form.b.c", "form.d"};
constexpr const char* kTexts[] = {"red", "Green", "blue sky", "", "7", "Blue"};

/// Lists as their feeder would have made them, documents in memory, and the index beside.
class SearchTest : public testing::TestWithParam<sql::Engine> {
 protected:
  void SetUp() override {
    if (!scratch_.is_available()) GTEST_SKIP() << "there is no PostgreSQL on this machine";
    lists_ = query::Open(OptionsFor("query.db"));
    writing_ = lists_->TakeWritingConnection();
    CompleteLists();
    OpenIndex();
  }

  sql::DatabaseOptions OptionsFor(const char* file) {
    sql::DatabaseOptions options;
    options.location = scratch_.location();
    if (GetParam() == sql::Engine::kSqlite) options.location = scratch_.folder() / file;
    return options;
  }
  void CompleteLists() {
    query::BeginAnew(*writing_);
    for (const auto& step : query::IndexSteps(GetParam())) writing_->Execute(step.ddl);
    writing_->Begin();
    query::WriteCursor(*writing_, {1, {1}, true});
    writing_->Commit();
  }
  void OpenIndex() {
    index_ = Open(OptionsFor("search.db"));
    feeder_ = std::make_unique<SearchFeeder>(SearchFeederParts{
        *lists_, *index_,
        [this](Subject, std::int64_t, std::int64_t row) -> std::optional<std::string> {
          const std::lock_guard lock(mutex_);
          ++reads_;
          const auto found = documents_.find(row);
          if (found == documents_.end()) return std::nullopt;
          if (found->second == "broken") throw std::runtime_error("broken");
          return found->second;
        },
        metrics_});
  }
  void CloseIndex() {
    feeder_.reset();
    index_.reset();
  }

  void Put(std::int64_t project, std::int64_t row, const std::string& document,
           std::int64_t person = 0) {
    {
      const std::lock_guard lock(mutex_);
      documents_[row] = document;
    }
    writing_->Begin();
    writing_->Execute("DELETE FROM listed_forms WHERE id = $1", {row});
    writing_->Execute(
        "INSERT INTO listed_forms (id, project, is_archived, xmlns, app, person, received_on, "
        "server_modified_on, indexed_on) VALUES ($1, $2, 0, 5, 0, $3, 1, 1, $4)",
        {row, project, person, ++clock_});
    writing_->Commit();
  }
  void CatchUp() { ASSERT_TRUE(feeder_->WaitUntilIdle(kWaitMicros)); }

  std::vector<std::int64_t> Find(std::int64_t project, const std::vector<Needle>& needles) {
    Reading reading(*index_, Subject::kForms, project);
    for (const auto& needle : needles) EXPECT_TRUE(reading.Require(needle));
    return reading.Find(1'000'000);
  }
  std::vector<std::int64_t> FindWord(const std::string& word) {
    return Find(1, {{Needle::Kind::kWord, {}, {word}, {}}});
  }

  sql_testing::ScratchDatabase scratch_{GetParam()};
  MetricRegistry metrics_;
  std::unique_ptr<sql::Database> lists_, index_;
  std::unique_ptr<sql::Connection> writing_;
  std::mutex mutex_;
  std::map<std::int64_t, std::string> documents_;
  int reads_ = 0;
  std::int64_t clock_ = 100;
  std::unique_ptr<SearchFeeder> feeder_;
};

struct Drawn {
  std::map<std::string, std::string> answers;
  std::int64_t person = 0;

  std::string Json() const {
    return R"({"form":{"a":")" + answers.at("form.a") + R"(","b":[{"c":")" +
           answers.at("form.b.c") + R"("}],"d":")" + answers.at("form.d") + R"("}})";
  }
};

Drawn Draw(SeededRandom& random) {
  Drawn drawn;
  for (const auto* path : kPaths) drawn.answers[path] = kTexts[random.Below(std::size(kTexts))];
  drawn.person = static_cast<std::int64_t>(random.Below(3));
  return drawn;
}

TEST_P(SearchTest, WhatIsFoundIsWhatALookAtEveryDocumentWouldFind) {
  SeededRandom random(4);
  std::map<std::int64_t, Drawn> all;
  for (std::int64_t row = 1; row <= 300; ++row) {
    all[row] = Draw(random);
    Put(1 + row % 2, row, all[row].Json(), all[row].person);
  }
  CatchUp();
  for (int i = 0; i < 60; ++i) {
    const std::string path = kPaths[random.Below(3)];
    const std::string one = kTexts[random.Below(6)];
    const std::string other = kTexts[random.Below(6)];
    std::vector<Needle> needles = {{Needle::Kind::kValue, path, {one, other}, {}}};
    const bool with_person = random.OneIn(2);
    if (with_person) needles.push_back({Needle::Kind::kTerm, {}, {}, {2}});
    std::vector<std::int64_t> expected;
    for (const auto& [row, drawn] : all) {
      const auto& text = drawn.answers.at(path);
      if (1 + row % 2 != 1 || (with_person && drawn.person != 2)) continue;
      if (text == one || text == other) expected.push_back(row);
    }
    EXPECT_EQ(Find(1, needles), expected);
  }
}

TEST_P(SearchTest, LetterCaseDoesNotCount) {
  Put(1, 1, R"({"form":{"a":"GREEN"}})");
  CatchUp();
  EXPECT_EQ(Find(1, {{Needle::Kind::kValue, "form.a", {"green"}, {}}}).size(), 1);
  EXPECT_EQ(FindWord("Green").size(), 1);
}

TEST_P(SearchTest, APartOfANameIsFoundByItsThreeLetterPieces) {
  Put(1, 1, R"({"metadata":{"username":"asha.devi"},"form":{}})");
  Put(1, 2, R"({"metadata":{"username":"ashok"},"form":{}})");
  CatchUp();
  const auto find = [&](const char* part) {
    return Find(1, {{Needle::Kind::kPart, {}, {part}, {}}});
  };
  EXPECT_EQ(find("sha.d"), (std::vector<std::int64_t>{1}));
  EXPECT_EQ(find("ash"), (std::vector<std::int64_t>{1, 2}));
  EXPECT_TRUE(find("xyz").empty());
}

TEST_P(SearchTest, APartOfTwoCharactersCannotBeRequired) {
  Reading reading(*index_, Subject::kForms, 1);
  EXPECT_FALSE(reading.Require({Needle::Kind::kPart, {}, {"as"}, {}}));
  EXPECT_TRUE(reading.Require({Needle::Kind::kPart, {}, {"ash"}, {}}));
}

TEST_P(SearchTest, AnEditedDocumentIsFoundByWhatItHasNow) {
  Put(1, 1, R"({"form":{"a":"before"}})");
  CatchUp();
  Put(1, 1, R"({"form":{"a":"after"}})");
  CatchUp();
  EXPECT_EQ(FindWord("after").size(), 1);
}

TEST_P(SearchTest, AStretchWithMoreRowsThanAskedForIsNotAnswered) {
  for (std::int64_t row = 1; row <= 20; ++row) Put(1, row, R"({"form":{"a":"x"}})");
  CatchUp();
  Reading reading(*index_, Subject::kForms, 1);
  ASSERT_TRUE(reading.Require({Needle::Kind::kWord, {}, {"x"}, {}}));
  EXPECT_EQ(reading.FindWithin(5, 8, 4), (std::vector<std::int64_t>{5, 6, 7, 8}));
  EXPECT_EQ(reading.FindWithin(5, 9, 4), std::nullopt);
}

TEST_P(SearchTest, ItTellsHowFarItIs) {
  Put(1, 1, R"({"form":{"a":"x"}})");
  CatchUp();
  EXPECT_EQ(Reading(*index_, Subject::kForms, 1).fed_to().micros, clock_);
  EXPECT_EQ(Reading(*index_, Subject::kForms, 2).fed_to().micros, 0);
}

TEST_P(SearchTest, WhatFollowsGoesOnWhereItStopped) {
  for (std::int64_t row = 1; row <= 10; ++row) Put(1, row, R"({"form":{"a":"x"}})");
  CatchUp();
  CloseIndex();
  Put(1, 11, R"({"form":{"a":"x"}})");
  reads_ = 0;
  OpenIndex();
  CatchUp();
  EXPECT_EQ(reads_, 1);
  EXPECT_EQ(FindWord("x").size(), 11);
}

TEST_P(SearchTest, OtherListsHaveAnotherIndex) {
  Put(1, 1, R"({"form":{"a":"old"}})");
  CatchUp();
  const auto before = query::ReadCursor(*lists_->Read()).begun_at;
  EXPECT_TRUE(Reading(*index_, Subject::kForms, 1).IsOf(before));
  CompleteLists();
  Put(1, 2, R"({"form":{"a":"new"}})");
  CatchUp();
  EXPECT_FALSE(Reading(*index_, Subject::kForms, 1).IsOf(before));
  EXPECT_TRUE(FindWord("old").empty());
  EXPECT_EQ(FindWord("new").size(), 1);
}

TEST_P(SearchTest, ADocumentThatCannotBeReadKeepsNoOtherOut) {
  Put(1, 1, "broken");
  Put(1, 2, "no json");
  Put(1, 3, R"({"form":{"a":"x"}})");
  CatchUp();
  EXPECT_EQ(FindWord("x"), (std::vector<std::int64_t>{3}));
  EXPECT_EQ(metrics_.CounterOf("outpost.search.unreadable").value(), 2);
}

TEST_P(SearchTest, MoreThanASliceIsFedWithoutARest) {
  writing_->Begin();
  for (std::int64_t row = 1; row <= kSliceDocuments + 1; ++row) {
    documents_[row] = R"({"form":{"a":"x"}})";
    writing_->Execute(
        "INSERT INTO listed_forms (id, project, is_archived, xmlns, app, person, received_on, "
        "server_modified_on, indexed_on) VALUES ($1, 1, 0, 0, 0, 0, 1, 1, $2)",
        {row, ++clock_});
  }
  writing_->Commit();
  CatchUp();
  EXPECT_EQ(FindWord("x").size(), kSliceDocuments + 1);
}

INSTANTIATE_TEST_SUITE_P(Engines, SearchTest,
                         testing::Values(sql::Engine::kSqlite, sql::Engine::kPostgresql),
                         [](const auto& engine) { return sql_testing::NameOf(engine.param); });

}  // namespace
}  // namespace outpost::search
