#include "operations/demo/demo.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "base/problem.h"
#include "crypto/passwords.h"
#include "domain/people/access.h"
#include "domain/people/accounts.h"
#include "store/sql/testing/scratch_folder.h"

namespace outpost::demo {
namespace {

class DemoTest : public ::testing::Test {
 protected:
  DemoTest()
      : database_(sql::Database::Open({(folder_.path() / "outpost.db").string()})),
        writer_(*database_, clock_, metrics_),
        blobs_(folder_.path() / "blobs"),
        directory_(*database_),
        intake_(*database_, writer_, blobs_, clock_) {}

  DemoResult Fill(std::int64_t forms, const DemoProgress& progress = {},
                  std::string password = {}) {
    DemoOptions options;
    options.forms = forms;
    options.password = std::move(password);
    return FillDemo(intake_, *database_, writer_, directory_, options, progress);
  }
  std::int64_t Count(std::string_view sql) {
    const auto reader = database_->Read();
    const auto rows = reader->Query(sql);
    return rows->Next() ? rows->Int(0) : -1;
  }

  sql_testing::ScratchFolder folder_;
  ScriptedClock clock_{*ParseDateTime("2026-03-14T11:00:00Z")};
  MetricRegistry metrics_;
  std::unique_ptr<sql::Database> database_;
  sql::Writer writer_;
  blobs::BlobStore blobs_;
  projects::Directory directory_;
  intake::Intake intake_;
};

TEST_F(DemoTest, FillsAProjectWithFormsAndCasesOfThePast) {
  const auto result = Fill(1'000);
  EXPECT_EQ(result.forms_added, 1'000);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM forms WHERE state = 1 AND is_complete = 1"), 1'000);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM forms WHERE state <> 1"), 0);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM cases"),
            result.households + result.pregnancies + result.children);
  EXPECT_GT(Count("SELECT COUNT(*) FROM case_indices"), 50);
  const auto span = Count("SELECT MAX(received_on) - MIN(received_on) FROM forms");
  EXPECT_GT(span, 300 * kMicrosPerDay);
  EXPECT_LE(Count("SELECT MAX(received_on) FROM forms"), clock_.Now().micros);
}

TEST_F(DemoTest, RunningItAgainAlsoOnAnotherDayAddsNothing) {
  Fill(400);
  clock_.Advance(40 * kMicrosPerDay);
  const auto again = Fill(400);
  EXPECT_EQ(again.forms_added, 0);
  EXPECT_EQ(again.password, "");
  EXPECT_EQ(Count("SELECT COUNT(*) FROM forms"), 400);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM accounts"), 21);
}

TEST_F(DemoTest, AnInterruptedRunIsContinued) {
  const auto first = Fill(600, [](std::int64_t done, std::int64_t) { return done < 200; });
  EXPECT_EQ(first.forms_added, 200);
  const auto second = Fill(600);
  EXPECT_EQ(second.forms_added, 400);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM forms WHERE state = 1"), 600);
}

TEST_F(DemoTest, ItsAccountsCanBeUsed) {
  const auto result = Fill(10);
  const auto reader = database_->Read();
  const auto worker = people::RequireAccount(*reader, result.worker);
  const auto administrator = people::RequireAccount(*reader, result.administrator);
  EXPECT_EQ(crypto::VerifyPassword(worker.password, result.password),
            crypto::PasswordVerdict::kMatch);
  EXPECT_EQ(crypto::VerifyPassword(administrator.password, result.password),
            crypto::PasswordVerdict::kMatch);
  const auto project = directory_.Find(kProject);
  ASSERT_NE(project, nullptr);
  EXPECT_TRUE(people::AccessOf(*reader, administrator, project->row).is_admin);
  EXPECT_FALSE(administrator.is_superuser);
}

TEST_F(DemoTest, APasswordThatIsAskedForIsSetAlsoLater) {
  Fill(10);
  EXPECT_EQ(Fill(10, {}, "elephant-and-mouse").password, "elephant-and-mouse");
  const auto account = people::RequireAccount(*database_->Read(), Fill(10).worker);
  EXPECT_EQ(crypto::VerifyPassword(account.password, "elephant-and-mouse"),
            crypto::PasswordVerdict::kMatch);
}

TEST_F(DemoTest, ANumberThatMakesNoSenseIsRefused) {
  EXPECT_THROW(Fill(0), Problem);
  EXPECT_THROW(Fill(kFormsMax + 1), Problem);
}

TEST_F(DemoTest, TheServersJobTellsHowFarItIs) {
  DemoJob job(intake_, *database_, writer_, directory_);
  EXPECT_NE(job.AnswerStatus().find(R"("state":"idle")"), std::string::npos);
  EXPECT_THROW(job.AnswerFill(R"({"formz":1})"), Problem);
  EXPECT_THROW(job.AnswerFill("x"), Problem);
  job.AnswerFill(R"({"forms":300,"seed":5})");
  const auto is_running = [&] {
    return job.AnswerStatus().find(R"("state":"running")") != std::string::npos;
  };
  while (is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_NE(job.AnswerStatus().find(R"("forms_added":300)"), std::string::npos)
      << job.AnswerStatus();
}

}  // namespace
}  // namespace outpost::demo
