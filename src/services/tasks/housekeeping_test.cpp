#include "services/tasks/housekeeping.h"

#include <gtest/gtest.h>

#include <optional>

#include "domain/intake/deletion.h"
#include "domain/intake/intake.h"
#include "domain/people/testing/people_world.h"
#include "services/tasks/chores.h"
#include "store/sql/testing/scratch_database.h"

namespace outpost::tasks {
namespace {

TEST(Housekeeping, StopsAtOnceWhenNothingRuns) {
  Housekeeping housekeeping({{"idle", 3'600, [](const GoOn&) { return 0; }}});
  housekeeping.Stop();
}

class ChoresTest : public testing::TestWithParam<sql::Engine> {
 protected:
  void SetUp() override {
    if (!scratch_.is_available()) GTEST_SKIP() << "no PostgreSQL on this machine";
    world_.emplace(scratch_);
    blobs_.emplace(scratch_.folder() / "blobs");
    project_ = world_->AddProject("demo");
    intake_.emplace(*world_->database, world_->writer, *blobs_, world_->clock);
  }

  void Send(const std::string& id, const std::string& answer = "") {
    intake::Submission submission;
    submission.project = std::make_shared<projects::Project>(project_);
    submission.xml =
        "<d xmlns='u'><a>" + answer + "</a><meta><instanceID>" + id + "</instanceID></meta></d>";
    submission.received_on = world_->clock.Now();
    std::vector<intake::ParsedSubmission> forms;
    forms.push_back(intake_->ParseForm(std::move(submission)));
    intake_->ReceiveBulk(std::move(forms));
  }
  void Delete(const std::string& id) {
    world_->Write([&](sql::Batch& batch) { intake::DeleteForm(batch, {project_, "admin"}, id); });
  }
  /// What the chore of that name removes; -1 when there is none.
  std::int64_t Run(std::string_view name, const Retention& retention = {}) {
    for (const auto& chore :
         MakeChores({*world_->database, world_->writer, *blobs_, world_->clock}, retention)) {
      if (chore.name == name) return chore.run([] { return true; });
    }
    return -1;
  }
  std::int64_t Count(const char* sql) {
    const auto reader = world_->database->Read();
    const auto rows = reader->Query(sql);
    return rows->Next() ? rows->Int(0) : -1;
  }

  sql_testing::ScratchDatabase scratch_{GetParam()};
  std::optional<people_testing::PeopleWorld> world_;
  std::optional<blobs::BlobStore> blobs_;
  projects::Project project_;
  std::optional<intake::Intake> intake_;
};

TEST_P(ChoresTest, RemoveDeletedFormsAfterTheirTimeAndLeaveATombstone) {
  for (int i = 0; i < 50; ++i) Send("f" + std::to_string(i));
  for (int i = 1; i < 50; ++i) Delete("f" + std::to_string(i));
  world_->clock.Advance(89 * kMicrosPerDay);
  EXPECT_EQ(Run("deleted forms and cases"), 0);
  EXPECT_EQ(Count("SELECT count(*) FROM forms"), 50);
  world_->clock.Advance(2 * kMicrosPerDay);
  EXPECT_EQ(Run("deleted forms and cases"), 49);
  EXPECT_EQ(Count("SELECT count(*) FROM forms"), 1);
  EXPECT_EQ(Count("SELECT count(*) FROM deletions WHERE purged_on <> 0"), 49);
  EXPECT_EQ(Run("deleted forms and cases"), 0);
}

TEST_P(ChoresTest, LeaveAFormThatCameBackByAnEditAndMakeNoTombstoneOfIt) {
  Send("f1");
  Delete("f1");
  Send("f1", "another answer");
  world_->clock.Advance(91 * kMicrosPerDay);
  Run("deleted forms and cases");
  EXPECT_EQ(Count("SELECT count(*) FROM forms WHERE form_id = 'f1'"), 1);
  EXPECT_EQ(Count("SELECT count(*) FROM deletions"), 0);
}

TEST_P(ChoresTest, OfARetentionOfZeroDaysDoNotExist) {
  const Retention for_ever{0, 0, 0};
  for (const auto* name : {"deleted forms and cases", "change log", "device reports"}) {
    EXPECT_EQ(Run(name), 0) << name;
    EXPECT_EQ(Run(name, for_ever), -1) << name;
  }
}

TEST_P(ChoresTest, TrimTheChangeLogAfterItsTime) {
  for (int i = 0; i < 10; ++i) Send("f" + std::to_string(i));
  EXPECT_EQ(Run("change log"), 0);
  world_->clock.Advance(31 * kMicrosPerDay);
  EXPECT_GE(Run("change log"), 10);
  EXPECT_EQ(Count("SELECT count(*) FROM changes"), 0);
}

INSTANTIATE_TEST_SUITE_P(Engines, ChoresTest,
                         testing::Values(sql::Engine::kSqlite, sql::Engine::kPostgresql),
                         [](const auto& engine) { return sql_testing::NameOf(engine.param); });

}  // namespace
}  // namespace outpost::tasks
