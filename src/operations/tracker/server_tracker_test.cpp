#include "operations/tracker/server_tracker.h"

#include <gtest/gtest.h>

#include "base/problem.h"
#include "domain/people/accounts.h"
#include "store/sql/testing/scratch_database.h"

namespace outpost::operations {
namespace {

using transition::State;

class ServerTrackerTest : public testing::TestWithParam<sql::Engine> {
 protected:
  void SetUp() override {
    if (!place_.is_available()) GTEST_SKIP() << "PostgreSQL is not installed";
    database_ = sql::Database::Open({place_.location()});
    writer_ = std::make_unique<sql::Writer>(*database_, clock_, metrics_);
    keeper_ = std::make_unique<usage::UsageKeeper>(*database_, *writer_, clock_, paths_);
    Open();
    writer_->Run(0, [](sql::Batch& batch) {
      people::CreateWebUser(batch, {"daniel@example.org", "x", "Daniel", "Tesfaye"});
    });
  }
  void Open() {
    doctor::DoctorInput doctor;
    doctor.paths = paths_;
    doctor.public_host = "localhost";
    tracker_ = std::make_unique<ServerTracker>(TrackerSources{
        *database_, *writer_, clock_, *keeper_, paths_, doctor, "https://localhost", &metrics_});
  }
  std::string Refused(std::string_view command, std::string_view json) {
    try {
      tracker_->Run(command, json);
    } catch (const Problem& problem) {
      return problem.told();
    }
    return "accepted";
  }
  transition::Tracker Load() {
    return transition::ReadTracker(tracker_->Run("transition.load", "{}"));
  }
  State Of(const char* id) { return transition::StateOf(Load(), id, clock_.Now()); }
  void Execute(std::string_view sql) {
    writer_->Run(0, [&](sql::Batch& batch) { batch.connection().Execute(sql); });
  }

  static constexpr const char* kProven =
      R"({"id":"C1.1","plan":{"C1.1":{"verdict":"holds","sentence":"drawn","figures":{}}}})";

  sql_testing::ScratchDatabase place_{GetParam()};
  DataPaths paths_{place_.folder()};
  ScriptedClock clock_{*ParseDateTime("2026-03-14T11:00:00Z")};
  MetricRegistry metrics_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<sql::Writer> writer_;
  std::unique_ptr<usage::UsageKeeper> keeper_;
  std::unique_ptr<ServerTracker> tracker_;
};

TEST_P(ServerTrackerTest, KeepsAnswersOwnersSignaturesAndTheTrail) {
  tracker_->Run("transition.answer", R"({"id":"Q1.1","text":"on the wall","by":"A"})");
  tracker_->Run("transition.assign", R"({"id":"C1.1","owner":"B","due":"2026-04-01","by":"A"})");
  tracker_->Run("transition.check", kProven);
  tracker_->Run("transition.sign",
                R"({"id":"C1.1","by":"Daniel@example.org","function":"Head of IT"})");
  tracker_->Run("transition.section", R"({"section":"5.1","on":false,"by":"A"})");
  Open();
  const auto tracker = Load();
  EXPECT_EQ(tracker.Find("Q1.1")->answer, "on the wall");
  EXPECT_EQ(tracker.Find("C1.1")->owner, "B");
  EXPECT_EQ(tracker.Find("C1.1")->signature->name, "Daniel Tesfaye (daniel@example.org)");
  EXPECT_EQ(tracker.Find("C1.1")->signature->evidence_hash, tracker.Find("C1.1")->evidence->hash);
  EXPECT_EQ(Of("C1.1"), State::kSigned);
  EXPECT_EQ(Of("C5.1"), State::kNotApplicable);
  ASSERT_EQ(tracker.audit.size(), 5u);
  EXPECT_EQ(tracker.audit[3].what, "sign");
  EXPECT_NE(tracker.audit[3].detail.find("saw: drawn"), std::string::npos);
}

TEST_P(ServerTrackerTest, OnlyItsWebUsersClose) {
  EXPECT_NE(Refused("transition.sign", R"({"id":"C6.1","by":"Daniel","function":"IT"})")
                .find("is one of its web users"),
            std::string::npos);
  EXPECT_NE(Refused("transition.waive", R"({"id":"C6.1","by":"Daniel","because":"x"})"),
            "accepted");
  writer_->Run(0, [](sql::Batch& batch) {
    people::SetState(batch, "daniel@example.org", people::State::kDeactivated);
  });
  EXPECT_NE(Refused("transition.waive", R"({"id":"C6.1","by":"daniel@example.org","because":"x"})"),
            "accepted");
  EXPECT_TRUE(Load().audit.empty());
}

TEST_P(ServerTrackerTest, ATrailThatWasChangedByHandIsRefused) {
  tracker_->Run("transition.answer", R"({"id":"Q1.1","text":"on the wall","by":"A"})");
  tracker_->Run("transition.answer", R"({"id":"Q1.1","text":"in the file","by":"A"})");
  Execute("UPDATE transition_audit SET who = 'B' WHERE id = 1");
  EXPECT_NE(Refused("transition.load", "{}").find("changed at entry 1"), std::string::npos);
  Execute("DELETE FROM transition_audit WHERE id = 1");
  EXPECT_NE(Refused("transition.load", "{}").find("changed at entry 1"), std::string::npos);
}

TEST_P(ServerTrackerTest, TakesOverWhatAFileHeldOnceAndGoesOnWithItsTrail) {
  transition::Tracker file;
  file.At("Q1.1").id = "Q1.1";
  file.At("Q1.1").answer = "on the wall";
  file.At("Q1.1").answered_at = clock_.Now();
  file.Note(clock_.Now(), "A", "answer", "Q1.1", "on the wall");
  const auto json = R"({"by":"A","tracker":)" + transition::WriteTracker(file) + "}";
  tracker_->LookByItself();
  tracker_->Run("transition.adopt", json);
  const auto tracker = Load();
  EXPECT_EQ(tracker.Find("Q1.1")->answer, "on the wall");
  ASSERT_EQ(tracker.audit.size(), 3u);
  EXPECT_EQ(tracker.audit[1].what, "answer");
  EXPECT_NE(tracker.audit[2].detail.find(file.audit[0].hash), std::string::npos);
  EXPECT_NE(Refused("transition.adopt", json).find("in use already"), std::string::npos);
}

TEST_P(ServerTrackerTest, LooksByItselfAndLeavesWhatAPlanShowed) {
  tracker_->Run("transition.check", kProven);
  clock_.Advance(kMicrosPerDay);
  tracker_->LookByItself();
  const auto tracker = Load();
  EXPECT_EQ(tracker.Find("C1.1")->evidence->sentence, "drawn");
  for (const char* id : {"C3.1.1", "C3.1.2", "C4.2.1", "Q2.2.3", "Q2.4.1", "Q3.1.3", "Q3.1.4"}) {
    const auto* record = tracker.Find(id);
    ASSERT_NE(record, nullptr) << id;
    ASSERT_TRUE(record->evidence) << id;
    EXPECT_EQ(record->evidence->at, clock_.Now()) << id;
  }
  EXPECT_EQ(tracker.Find("C4.2.1")->evidence->sentence.rfind("not yet: needs ", 0), 0u);
}

TEST_P(ServerTrackerTest, AWholeCheckHasAVerdictForEverythingThatAMachineDecides) {
  tracker_->Run("transition.check", R"({"host":true})");
  const auto tracker = Load();
  for (const auto& item : transition::Items()) {
    if (item.level != transition::Level::kFull) continue;
    ASSERT_NE(tracker.Find(item.id), nullptr) << item.id;
    EXPECT_TRUE(tracker.Find(item.id)->evidence) << item.id;
  }
}

TEST_P(ServerTrackerTest, WrongCommandsAreRefusedByName) {
  EXPECT_NE(Refused("transition.answr", "{}").find("'transition.answr'"), std::string::npos);
  EXPECT_NE(Refused("transition.answer", R"({"idd":"Q1.1"})").find("'idd'"), std::string::npos);
  EXPECT_NE(Refused("transition.answer", "[]"), "accepted");
  EXPECT_NE(Refused("transition.answer", R"({"id":7})"), "accepted");
}

INSTANTIATE_TEST_SUITE_P(Engines, ServerTrackerTest,
                         testing::Values(sql::Engine::kSqlite, sql::Engine::kPostgresql),
                         [](const auto& test) { return sql_testing::NameOf(test.param); });

}  // namespace
}  // namespace outpost::operations
