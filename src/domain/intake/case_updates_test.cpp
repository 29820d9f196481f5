#include "domain/intake/case_updates.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/problem.h"
#include "domain/cases/case_store.h"
#include "domain/forms/form_store.h"
#include "domain/intake/deletion.h"
#include "domain/people/testing/people_world.h"

namespace outpost::intake {
namespace {

using Mode = CaseUpdate::Mode;

class CaseUpdatesTest : public testing::TestWithParam<sql::Engine> {
 protected:
  void SetUp() override {
    if (!scratch_.is_available()) GTEST_SKIP() << "no PostgreSQL on this machine";
    world_ = std::make_unique<people_testing::PeopleWorld>(scratch_);
    blobs_ = std::make_unique<blobs::BlobStore>(scratch_.folder() / "blobs");
    project_ = std::make_shared<projects::Project>(world_->AddProject("demo"));
  }

  CaseUpdateResult Send(std::vector<CaseUpdate> updates) {
    CaseUpdates request;
    request.project = project_;
    request.xmlns = "http://commcarehq.org/case_api";
    request.device_id = "curl & co";
    request.user_id = "u1";
    request.username = "api@example.org";
    request.updates = std::move(updates);
    const auto reading = world_->database->Read();
    return UpdateCases({*world_->database, world_->writer, *blobs_, world_->clock}, *reading,
                       request);
  }
  std::string Refusal(std::vector<CaseUpdate> updates) {
    try {
      Send(std::move(updates));
    } catch (const Problem& problem) {
      return problem.told();
    }
    return "";
  }
  cases::Case Find(const std::string& case_id) {
    return cases::FindCase(*world_->database->Read(), *world_->database, project_->row, case_id)
        .value_or(cases::Case{});
  }
  std::vector<std::string> WithExternalId(const std::string& external_id) {
    return cases::IdsWithExternalId(*world_->database->Read(), project_->row, external_id);
  }
  std::int64_t Count(const std::string& table) {
    const auto reader = world_->database->Read();
    const auto rows = reader->Query("SELECT COUNT(*) FROM " + table);
    return rows->Next() ? rows->Int(0) : -1;
  }

  sql_testing::ScratchDatabase scratch_{GetParam()};
  std::unique_ptr<people_testing::PeopleWorld> world_;
  std::unique_ptr<blobs::BlobStore> blobs_;
  std::shared_ptr<projects::Project> project_;
};

CaseUpdate Player(Mode mode, const std::string& external_id) {
  CaseUpdate update;
  update.mode = mode;
  update.case_type = "player";
  update.case_name = "Beth";
  update.owner_id = "home";
  update.external_id = external_id;
  return update;
}

CaseUpdate ChangeOf(const std::string& case_id) {
  CaseUpdate update;
  update.mode = Mode::kUpdate;
  update.case_id = case_id;
  return update;
}

TEST_P(CaseUpdatesTest, ACaseIsMadeByOneFormThatNamesTheToolAndThePerson) {
  auto made = Player(Mode::kCreate, "1");
  made.properties = {{"sport", "chess & <more>"}, {"note", "a\r\nb  "}, {"empty", ""}};
  const auto result = Send({made});
  EXPECT_EQ(result.receipt.outcome, Outcome::kProcessed);
  const auto found = Find(result.case_ids.at(0));
  EXPECT_EQ(found.type, "player");
  EXPECT_EQ(found.name, "Beth");
  EXPECT_EQ(found.owner_id, "home");
  EXPECT_EQ(found.external_id, "1");
  EXPECT_EQ(found.opened_by, "u1");
  EXPECT_EQ(found.properties.at("sport").text, "chess & <more>");
  EXPECT_EQ(found.properties.at("note").text, "a\r\nb  ");
  EXPECT_EQ(found.properties.at("empty").text, "");
  const auto form = forms::FindForm(*world_->database->Read(), *world_->database, project_->row,
                                    result.receipt.form_id);
  ASSERT_TRUE(form);
  EXPECT_EQ(form->xmlns, "http://commcarehq.org/case_api");
  EXPECT_EQ(form->user_id, "u1");
  const auto xml = forms::ReadXml(*world_->database->Read(), *blobs_, form->row);
  EXPECT_NE(xml.find("<orx:deviceID>curl &amp; co</orx:deviceID>"), std::string::npos) << xml;
}

TEST_P(CaseUpdatesTest, WhatIsLeftOutStaysAndAnEmptyTextIsAValue) {
  auto made = Player(Mode::kCreate, "1");
  made.properties = {{"sport", "chess"}, {"rank", "1600"}};
  made.indices = {};
  const auto id = Send({made}).case_ids.at(0);
  auto change = ChangeOf(id);
  change.properties = {{"rank", "2100"}};
  change.external_id = "";
  change.closes = true;
  EXPECT_EQ(Send({change}).case_ids.at(0), id);
  const auto found = Find(id);
  EXPECT_EQ(found.name, "Beth");
  EXPECT_EQ(found.external_id, "");
  EXPECT_EQ(found.properties.at("sport").text, "chess");
  EXPECT_EQ(found.properties.at("rank").text, "2100");
  EXPECT_TRUE(found.is_closed);
}

TEST_P(CaseUpdatesTest, AnIndexIsSetAndRemoved) {
  auto parent = Player(Mode::kCreate, "1");
  parent.temporary_id = "t";
  auto child = Player(Mode::kCreate, "2");
  child.indices = {{"parent", {CaseReference::By::kTemporaryId, "t"}, "player", "extension"}};
  const auto made = Send({child, parent});
  const cases::Index wanted{"parent", made.case_ids.at(1), "player", "extension"};
  EXPECT_EQ(*Find(made.case_ids.at(0)).indices.begin(), wanted);
  auto change = ChangeOf(made.case_ids.at(0));
  change.indices = {{"parent", {}, "", ""}};
  Send({change});
  EXPECT_TRUE(Find(made.case_ids.at(0)).indices.empty());
}

TEST_P(CaseUpdatesTest, WhatIsRefusedLeavesNothing) {
  const auto before = Count("changes");
  EXPECT_EQ(Refusal({Player(Mode::kCreate, "1"), ChangeOf("notarealcaseid")}),
            "No case found with ID 'notarealcaseid'");
  EXPECT_EQ(Count("cases"), 0);
  EXPECT_EQ(Count("forms"), 0);
  EXPECT_EQ(Count("changes"), before);
}

TEST_P(CaseUpdatesTest, AFormThatBreaksARuleOfTheFieldIsKeptWithItsReason) {
  auto child = Player(Mode::kCreate, "1");
  child.indices = {{"parent", {CaseReference::By::kCaseId, "nowhere"}, "player", "child"}};
  const auto result = Send({Player(Mode::kCreate, "2"), child});
  EXPECT_EQ(result.receipt.outcome, Outcome::kContentError);
  EXPECT_NE(result.receipt.problem.find("InvalidCaseIndex"), std::string::npos);
  EXPECT_EQ(Count("cases"), 0);
  EXPECT_EQ(Count("forms"), 1);
}

TEST_P(CaseUpdatesTest, ADeletedCaseIsNotFoundByAnyName) {
  const auto id = Send({Player(Mode::kCreate, "1")}).case_ids.at(0);
  world_->Write([&](sql::Batch& batch) {
    DeleteCase(batch, *blobs_, {*project_, "admin"}, id, false);
  });
  EXPECT_TRUE(WithExternalId("1").empty());
  EXPECT_EQ(Refusal({ChangeOf(id)}), "No case found with ID '" + id + "'");
  EXPECT_NE(Send({Player(Mode::kUpsert, "1")}).case_ids.at(0), id);
}

TEST_P(CaseUpdatesTest, AProjectOnHoldOrFrozenTakesNoUpdate) {
  for (const auto stage : {projects::Stage::kHold, projects::Stage::kFrozen}) {
    world_->Write([&](sql::Batch& batch) { projects::SetStage(batch, "demo", stage); });
    EXPECT_THROW(Send({Player(Mode::kCreate, "1")}), Problem);
  }
  EXPECT_EQ(Count("forms"), 0);
  EXPECT_EQ(Count("held_forms"), 0);
}

TEST_P(CaseUpdatesTest, AFormOverTheLimitIsRefused) {
  auto made = Player(Mode::kCreate, "1");
  made.properties = {{"big", std::string(static_cast<std::size_t>(kFormXmlBytesMax), 'x')}};
  EXPECT_THROW(Send({made}), Problem);
  EXPECT_EQ(Count("forms"), 0);
  made.properties.front().second.resize(static_cast<std::size_t>(kFormXmlBytesMax) - 2'000);
  EXPECT_EQ(Send({made}).receipt.outcome, Outcome::kProcessed);
}

TEST_P(CaseUpdatesTest, UpsertsOfOneExternalIdAtTheSameTimeMakeOneCase) {
  constexpr int kThreads = 6;
  constexpr int kRounds = 20;
  for (int round = 0; round < kRounds; ++round) {
    const std::string external_id = "e" + std::to_string(round);
    std::atomic<int> waiting = kThreads;
    std::vector<std::string> ids(kThreads);
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        auto update = Player(Mode::kUpsert, external_id);
        update.properties = {{"by" + std::to_string(i), "x"}};
        --waiting;
        while (waiting > 0) std::this_thread::yield();
        try {
          ids[static_cast<std::size_t>(i)] = Send({update}).case_ids.at(0);
        } catch (const std::exception& error) {
          ADD_FAILURE() << error.what();
        }
      });
    }
    for (auto& thread : threads) thread.join();
    ASSERT_EQ(WithExternalId(external_id).size(), 1U) << external_id;
    for (const auto& id : ids) EXPECT_EQ(id, ids.front());
    EXPECT_EQ(Find(ids.front()).properties.size(), static_cast<std::size_t>(kThreads));
  }
  EXPECT_EQ(Count("cases"), kRounds);
  EXPECT_EQ(Count("forms"), kRounds * kThreads);
}

/// One batch: what an earlier job of it changed counts for a later one.
TEST_P(CaseUpdatesTest, ExternalIdsAreFoundAsTheBatchHasThem) {
  const auto id = Send({Player(Mode::kCreate, "old")}).case_ids.at(0);
  world_->Write([&](sql::Batch& batch) {
    auto& known = batch.State<cases::CaseSet>();
    EXPECT_EQ(known.IdsWithExternalId(project_->row, "old"), std::vector<std::string>{id});
    auto changed = *known.Find(project_->row, id);
    changed.external_id = "new";
    known.PutAlone(project_->row, changed);
    EXPECT_TRUE(known.IdsWithExternalId(project_->row, "old").empty());
    EXPECT_EQ(known.IdsWithExternalId(project_->row, "new"), std::vector<std::string>{id});
    EXPECT_TRUE(known.IdsWithExternalId(project_->row + 1, "new").empty());
    EXPECT_TRUE(known.IdsWithExternalId(project_->row, "").empty());
    changed.is_deleted = true;
    known.PutAlone(project_->row, changed);
    EXPECT_TRUE(known.IdsWithExternalId(project_->row, "new").empty());
  });
  EXPECT_TRUE(WithExternalId("new").empty());
}

INSTANTIATE_TEST_SUITE_P(Engines, CaseUpdatesTest,
                         testing::Values(sql::Engine::kSqlite, sql::Engine::kPostgresql),
                         [](const auto& engine) {
                           return engine.param == sql::Engine::kSqlite ? "Sqlite" : "Postgresql";
                         });

TEST(ExternalIds, AreFoundThroughTheirIndex) {
  const sql_testing::ScratchDatabase scratch{sql::Engine::kSqlite};
  const people_testing::PeopleWorld world(scratch);
  const auto reader = world.database->Read();
  const auto rows = reader->Query(
      "EXPLAIN QUERY PLAN SELECT case_id FROM cases WHERE project = $1 AND external_id = $2 AND "
      "external_id <> '' AND is_deleted = 0 ORDER BY id",
      {std::int64_t{1}, "x"});
  ASSERT_TRUE(rows->Next());
  EXPECT_NE(rows->String(3).find("cases_by_external_id"), std::string::npos) << rows->String(3);
}

TEST(XmlText, IsWhatAFormCanCarry) {
  EXPECT_TRUE(IsXmlText("a\tb\r\nc \u00e9 \U0001F600 \uFFFD"));
  EXPECT_TRUE(IsXmlText(""));
  EXPECT_FALSE(IsXmlText(std::string_view("\0", 1)));
  EXPECT_FALSE(IsXmlText("\x1b[0m"));
  EXPECT_FALSE(IsXmlText("\uFFFE"));
  EXPECT_FALSE(IsXmlText("\uFFFF"));
  EXPECT_FALSE(IsXmlText("\xff"));
}

}  // namespace
}  // namespace outpost::intake
