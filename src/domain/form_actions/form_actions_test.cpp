#include "domain/form_actions/form_actions.h"

#include <gtest/gtest.h>

#include "base/problem.h"
#include "domain/cases/case_store.h"
#include "domain/form_actions/worker.h"
#include "domain/forms/form_store.h"
#include "domain/intake/intake.h"
#include "domain/people/testing/people_world.h"

namespace outpost::form_actions {
namespace {

using Ids = std::vector<std::string>;

class FormActionsTest : public testing::TestWithParam<sql::Engine> {
 protected:
  void SetUp() override {
    if (!scratch_.is_available()) GTEST_SKIP() << "no PostgreSQL on this machine";
    world_ = std::make_unique<people_testing::PeopleWorld>(scratch_);
    blobs_ = std::make_unique<blobs::BlobStore>(scratch_.folder() / "blobs");
    project_ = std::make_shared<projects::Project>(world_->AddProject("demo"));
    worker_ = std::make_unique<Worker>(WorkerParts{*world_->database, world_->writer, *blobs_});
  }

  void Send(const std::string& form_id, const std::string& case_id,
            const std::string& block =
                "<create><case_type>t</case_type><case_name>n</case_name>"
                "<owner_id>o</owner_id></create>") {
    intake::Intake intake(*world_->database, world_->writer, *blobs_, world_->clock);
    intake::Submission submission;
    submission.project = project_;
    submission.received_on = world_->clock.Now();
    submission.xml =
        "<data xmlns='http://example.org/visit'><case xmlns="
        "'http://commcarehq.org/case/transaction/v2' case_id='" +
        case_id + "' date_modified='2024-01-01T00:00:00.000Z' user_id='u'>" + block +
        "</case><meta xmlns='http://openrosa.org/jr/xforms'><instanceID>" + form_id +
        "</instanceID><userID>u</userID></meta></data>";
    std::vector<intake::ParsedSubmission> parsed;
    parsed.push_back(intake.ParseForm(std::move(submission)));
    intake.ReceiveBulk(std::move(parsed));
  }
  Action BeginOne(Kind kind, const Ids& ids, std::int64_t project = 0) {
    return world_->Write([&](sql::Batch& batch) {
      return Begin(batch, project == 0 ? project_->row : project,
                   {kind, "ann@example.org", "u9", ids});
    });
  }
  std::string Refusal(const Ids& ids) {
    try {
      BeginOne(Kind::kArchive, ids);
    } catch (const Problem& problem) {
      return problem.told();
    }
    return "";
  }
  Action Done(const Action& action) {
    worker_->WorkOff();
    return *Find(*world_->database->Read(), action.project, action.action_id);
  }
  std::map<std::string, Ids> Skipped(const Action& action) {
    return SkippedOf(*world_->database->Read(), action.row);
  }
  forms::FormRecord Form(const std::string& id) {
    return forms::FindForm(*world_->database->Read(), *world_->database, project_->row, id)
        .value_or(forms::FormRecord{});
  }

  sql_testing::ScratchDatabase scratch_{GetParam()};
  std::unique_ptr<people_testing::PeopleWorld> world_;
  std::unique_ptr<blobs::BlobStore> blobs_;
  std::shared_ptr<projects::Project> project_;
  std::unique_ptr<Worker> worker_;
};

TEST_P(FormActionsTest, FormsAreArchivedRestoredAndDeletedInTheNameOfWhoAsked) {
  Send("f1", "c1");
  Send("f2", "c2");
  const auto begun = BeginOne(Kind::kArchive, {"f1", "f2", "f1"});
  EXPECT_EQ(begun.status, Status::kPending);
  EXPECT_EQ(begun.requested, 2);
  const auto archived = Done(begun);
  EXPECT_EQ(archived.status, Status::kComplete);
  EXPECT_EQ(archived.processed, 2);
  EXPECT_EQ(archived.succeeded, 2);
  EXPECT_TRUE(archived.started_on && archived.completed_on);
  EXPECT_EQ(Form("f1").state, forms::FormState::kArchived);
  EXPECT_NE(Form("f1").history.find("u9"), std::string::npos);
  EXPECT_FALSE(cases::IsThere(*world_->database->Read(), *world_->database, project_->row, "c1"));
  EXPECT_EQ(Done(BeginOne(Kind::kUnarchive, {"f1"})).succeeded, 1);
  EXPECT_EQ(Form("f1").state, forms::FormState::kNormal);
  EXPECT_TRUE(cases::IsThere(*world_->database->Read(), *world_->database, project_->row, "c1"));
  EXPECT_EQ(Done(BeginOne(Kind::kDelete, {"f2"})).succeeded, 1);
  EXPECT_TRUE(Form("f2").deleted_on);
}

TEST_P(FormActionsTest, WhatCannotBeDoneIsSkippedWithItsReason) {
  Send("f1", "c1");
  Send("gone", "c2");
  Send("bad", "c3", "<index><parent case_type='t'>nowhere</parent></index>");
  Done(BeginOne(Kind::kArchive, {"gone"}));
  Done(BeginOne(Kind::kDelete, {"gone"}));
  const auto deletion = Done(BeginOne(Kind::kDelete, {"f1", "gone", "bad", "none"}));
  EXPECT_EQ(deletion.processed, 4);
  EXPECT_EQ(deletion.succeeded, 0);
  EXPECT_EQ(Skipped(deletion),
            (std::map<std::string, Ids>{{"not_archived", {"f1"}},
                                        {"not_found", {"gone", "bad", "none"}}}));
  const auto archive = Done(BeginOne(Kind::kArchive, {"none", "f1"}));
  EXPECT_EQ(archive.succeeded, 1);
  EXPECT_EQ(Skipped(archive), (std::map<std::string, Ids>{{"not_found", {"none"}}}));
}

TEST_P(FormActionsTest, WhatIsAsItShouldBeCounts) {
  Send("f1", "c1");
  EXPECT_EQ(Done(BeginOne(Kind::kUnarchive, {"f1"})).succeeded, 1);
}

TEST_P(FormActionsTest, FormsInErrorAreProcessedAgain) {
  Send("early", "c1", "<index><parent case_type='t'>mother</parent></index>");
  Send("never", "c2", "<index><parent case_type='t'>nowhere</parent></index>");
  EXPECT_EQ(Form("early").state, forms::FormState::kError);
  Send("f1", "mother");
  const auto action = Done(BeginOne(Kind::kReprocess, {"early", "never", "f1"}));
  EXPECT_EQ(action.succeeded, 1);
  EXPECT_EQ(Form("early").state, forms::FormState::kNormal);
  EXPECT_EQ(Skipped(action),
            (std::map<std::string, Ids>{{"failed_again", {"never"}}, {"not_in_error", {"f1"}}}));
}

TEST_P(FormActionsTest, NumbersOfFormsHaveLimits) {
  Ids ids;
  EXPECT_EQ(Refusal(ids), "There is no form id.");
  for (std::size_t i = 0; i < kFormsMax; ++i) ids.push_back("f" + std::to_string(i));
  EXPECT_EQ(Refusal(ids), "");
  ids.push_back("f0");
  EXPECT_EQ(Refusal(ids), "");
  ids.push_back("one more");
  EXPECT_EQ(Refusal(ids), "At most 5000 form ids at a time.");
}

TEST_P(FormActionsTest, AsManyWaitAsMayAndTheNextIsRefused) {
  for (std::int64_t i = 0; i < kWaitingMax; ++i) EXPECT_EQ(Refusal({"f"}), "");
  EXPECT_EQ(Refusal({"f"}), "20 actions are waiting already.");
  worker_->WorkOff();
  EXPECT_EQ(Refusal({"f"}), "");
}

TEST_P(FormActionsTest, ActionsWaitForTheirProjectSpaceAndKeepNoOtherBack) {
  const auto other = world_->AddProject("other");
  Send("f1", "c1");
  world_->Write(
      [&](sql::Batch& batch) { projects::SetStage(batch, "demo", projects::Stage::kHold); });
  const auto held = BeginOne(Kind::kArchive, {"f1"});
  const auto there = BeginOne(Kind::kArchive, {"f1"}, other.row);
  EXPECT_EQ(Done(there).status, Status::kComplete);
  EXPECT_EQ(Skipped(there), (std::map<std::string, Ids>{{"not_found", {"f1"}}}));
  EXPECT_EQ(Done(held).status, Status::kPending);
  world_->Write(
      [&](sql::Batch& batch) { projects::SetStage(batch, "demo", projects::Stage::kLive); });
  EXPECT_EQ(Done(held).succeeded, 1);
}

TEST_P(FormActionsTest, AnActionIsItsProjectSpacesOwn) {
  const auto other = world_->AddProject("other");
  const auto action = BeginOne(Kind::kArchive, {"f1"});
  EXPECT_FALSE(Find(*world_->database->Read(), other.row, action.action_id));
}

TEST_P(FormActionsTest, CompleteOnesGoAfterTheirTime) {
  const auto done = Done(BeginOne(Kind::kArchive, {"f1"}));
  const auto waits = BeginOne(Kind::kArchive, {"f2"});
  const auto trim = [&](Instant before) {
    return world_->Write([&](sql::Batch& batch) { return Trim(batch, before, 10); });
  };
  EXPECT_EQ(trim(*done.completed_on), 0);
  EXPECT_EQ(trim(*done.completed_on + 1), 1);
  EXPECT_FALSE(Find(*world_->database->Read(), project_->row, done.action_id));
  EXPECT_TRUE(Find(*world_->database->Read(), project_->row, waits.action_id));
}

TEST_P(FormActionsTest, TheThreadGoesOnWithWhatWasLeftAndWithWhatComes) {
  Send("f1", "c1");
  const auto left = BeginOne(Kind::kArchive, {"f1"});
  worker_->Start();
  const auto is_complete = [&](const Action& action) {
    for (int i = 0; i < 200; ++i) {
      const auto now = Find(*world_->database->Read(), project_->row, action.action_id);
      if (now->status == Status::kComplete) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return false;
  };
  EXPECT_TRUE(is_complete(left));
  const auto next = BeginOne(Kind::kUnarchive, {"f1"});
  worker_->Wake();
  EXPECT_TRUE(is_complete(next));
  worker_->Stop();
}

INSTANTIATE_TEST_SUITE_P(Engines, FormActionsTest,
                         testing::Values(sql::Engine::kSqlite, sql::Engine::kPostgresql),
                         [](const auto& one) { return sql_testing::NameOf(one.param); });

}  // namespace
}  // namespace outpost::form_actions
