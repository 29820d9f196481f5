#include "services/tasks/housekeeping.h"

#include <gtest/gtest.h>

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

class ChoresTest : public testing::TestWithParam<sql::Engine> {};

TEST_P(ChoresTest, RemoveDeletedFormsAfterTheirTimeAndLeaveATombstone) {
  sql_testing::ScratchDatabase scratch(GetParam());
  if (!scratch.is_available()) GTEST_SKIP() << "no PostgreSQL on this machine";
  people_testing::PeopleWorld world(scratch);
  const blobs::BlobStore blobs(scratch.folder() / "blobs");
  const auto project = world.AddProject("demo");
  intake::Intake intake(*world.database, world.writer, blobs, world.clock);
  for (int i = 0; i < 50; ++i) {
    intake::Submission submission;
    submission.project = std::make_shared<projects::Project>(project);
    submission.xml =
        "<d xmlns='u'><meta><instanceID>f" + std::to_string(i) + "</instanceID></meta></d>";
    submission.received_on = world.clock.Now();
    std::vector<intake::ParsedSubmission> forms;
    forms.push_back(intake.ParseForm(std::move(submission)));
    intake.ReceiveBulk(std::move(forms));
    if (i == 0) continue;
    world.Write([&](sql::Batch& batch) {
      intake::DeleteForm(batch, {project, "admin"}, "f" + std::to_string(i));
    });
  }
  const auto chores = MakeChores({*world.database, world.writer, blobs, world.clock}, {90, 30});
  const GoOn always = [] { return true; };
  const auto count = [&](const char* sql) {
    const auto reader = world.database->Read();
    const auto rows = reader->Query(sql);
    return rows->Next() ? rows->Int(0) : -1;
  };
  world.clock.Advance(89 * kMicrosPerDay);
  EXPECT_EQ(chores[0].run(always), 0);
  EXPECT_EQ(count("SELECT count(*) FROM forms"), 50);
  world.clock.Advance(2 * kMicrosPerDay);
  EXPECT_EQ(chores[0].run(always), 49);
  EXPECT_EQ(count("SELECT count(*) FROM forms"), 1);
  EXPECT_EQ(count("SELECT count(*) FROM deletions WHERE purged_on <> 0"), 49);
  EXPECT_EQ(chores[0].run(always), 0);
  EXPECT_GT(chores[1].run(always), 99);
  EXPECT_EQ(chores[2].run(always), 0);
}

INSTANTIATE_TEST_SUITE_P(Engines, ChoresTest,
                         testing::Values(sql::Engine::kSqlite, sql::Engine::kPostgresql),
                         [](const auto& engine) { return sql_testing::NameOf(engine.param); });

}  // namespace
}  // namespace outpost::tasks
