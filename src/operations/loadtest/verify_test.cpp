#include "operations/loadtest/verify.h"

#include <gtest/gtest.h>

#include "base/problem.h"
#include "crypto/passwords.h"
#include "domain/intake/intake.h"
#include "domain/people/accounts.h"
#include "operations/loadtest/prepare.h"
#include "store/sql/testing/scratch_folder.h"

namespace outpost::loadtest {
namespace {

class VerifyTest : public ::testing::Test {
 protected:
  VerifyTest()
      : database_(sql::Database::Open({(folder_.path() / "outpost.db").string()})),
        writer_(*database_, clock_, metrics_),
        blobs_(folder_.path() / "blobs"),
        key_(crypto::ServerKey::LoadOrCreate(folder_.path() / "server.key")),
        directory_(*database_),
        intake_(*database_, writer_, blobs_, clock_) {
    prepared_ = Prepare(server_, "load", 3, false);
    project_ = directory_.Find("load");
    plan_.project = "load";
    plan_.users = prepared_.users;
    plan_.seed = 1;
    source_ = std::make_unique<FormSource>(plan_);
  }

  /// Sends the next form through the rules, as the receiver does.
  LedgerEntry SendOne(int times = 1) {
    std::string request;
    const auto form = source_->Next(clock_.Now(), request);
    for (int i = 0; i < times; ++i) Store(std::string(source_->last_xml()));
    if (form.is_create) source_->Created(form);
    return {form.form, form.case_id, true};
  }
  void Store(std::string xml) {
    intake::Submission submission;
    submission.project = project_;
    submission.xml = std::move(xml);
    submission.received_on = clock_.Now();
    std::vector<intake::ParsedSubmission> parsed;
    parsed.push_back(intake_.ParseForm(std::move(submission)));
    intake_.ReceiveBulk(std::move(parsed));
  }
  VerifyResult Verify(const std::vector<LedgerEntry>& entries) {
    VerifyResult result;
    for (const auto& slice : SliceByCase(entries)) {
      result.Add(VerifySlice(*database_->Read(), *database_, project_->row, slice));
    }
    return result;
  }
  void Change(std::string_view sql) {
    writer_.Run(0, [&](sql::Batch& batch) { batch.connection().Execute(sql); });
  }

  sql_testing::ScratchFolder folder_;
  SystemClock clock_;
  MetricRegistry metrics_;
  std::unique_ptr<sql::Database> database_;
  sql::Writer writer_;
  blobs::BlobStore blobs_;
  crypto::ServerKey key_;
  projects::Directory directory_;
  intake::Intake intake_;
  LoadTestServer server_{*database_, writer_, directory_, key_};
  Prepared prepared_;
  std::shared_ptr<const projects::Project> project_;
  FormPlan plan_;
  std::unique_ptr<FormSource> source_;
};

TEST_F(VerifyTest, WhatWasStoredOnceIsExact) {
  std::vector<LedgerEntry> entries;
  for (int i = 0; i < 60; ++i) entries.push_back(SendOne());
  const auto result = Verify(entries);
  EXPECT_EQ(result.checked, 60u);
  EXPECT_TRUE(result.is_exact()) << JsonOf(result);
  EXPECT_EQ(CountFormsAfter(*database_, project_->row, prepared_.position), 60u);
}

TEST_F(VerifyTest, AFormThatIsGoneIsMissing) {
  std::vector<LedgerEntry> entries{SendOne(), SendOne()};
  Change("DELETE FROM forms WHERE id = (SELECT MAX(id) FROM forms)");
  const auto result = Verify(entries);
  EXPECT_EQ(result.missing, 1u);
  EXPECT_FALSE(result.is_exact());
  EXPECT_FALSE(result.examples.empty());
}

TEST_F(VerifyTest, AnUnansweredFormMayBeThereOrNot) {
  auto stored = SendOne();
  stored.is_acknowledged = false;
  SeededRandom random(9);
  const LedgerEntry lost{random.NextUuid(), random.NextUuid(), false};
  const auto result = Verify({stored, lost});
  EXPECT_TRUE(result.is_exact()) << JsonOf(result);
  EXPECT_EQ(result.found_unanswered, 1u);
}

TEST_F(VerifyTest, ACaseWithoutItsTransactionIsSeen) {
  const std::vector<LedgerEntry> entries{SendOne(), SendOne()};
  Change("DELETE FROM case_transactions WHERE seq = (SELECT MAX(seq) FROM case_transactions)");
  EXPECT_EQ(Verify(entries).wrong_transactions, 1u);
}

TEST_F(VerifyTest, AFormThatWasAppliedTwiceIsSeen) {
  const std::vector<LedgerEntry> entries{SendOne()};
  Change(
      "INSERT INTO case_transactions SELECT case_row, seq + 1000000, form_row, type, "
      "server_date, client_date, sync_log_id, is_revoked, details FROM case_transactions");
  EXPECT_EQ(Verify(entries).wrong_transactions, 1u);
}

TEST_F(VerifyTest, AFormThatIsNotProcessedIsSeen) {
  const std::vector<LedgerEntry> entries{SendOne()};
  Change("UPDATE forms SET is_complete = 0");
  EXPECT_EQ(Verify(entries).incomplete, 1u);
}

TEST_F(VerifyTest, AResentFormLeavesADuplicateRecordThatTheCountShows) {
  const std::vector<LedgerEntry> entries{SendOne(2)};
  EXPECT_TRUE(Verify(entries).is_exact());
  EXPECT_EQ(CountFormsAfter(*database_, project_->row, prepared_.position), 2u);
}

TEST_F(VerifyTest, TheAdminCommandAnswersTheSame) {
  std::string lines;
  for (int i = 0; i < 5; ++i) lines += LineOf(SendOne()) + "\\n";
  const auto answer = AnswerVerify(server_, R"({"project":"load","forms":")" + lines + "\"}");
  EXPECT_EQ(VerifyResultOf(answer).checked, 5u);
  EXPECT_TRUE(VerifyResultOf(answer).is_exact());
  EXPECT_EQ(AnswerCount(server_, R"({"project":"load","position":0})"), R"({"forms":5})");
  EXPECT_THROW(AnswerVerify(server_, R"({"project":"load","forms":"x\n"})"), Problem);
  EXPECT_THROW(AnswerVerify(server_, R"({"project":"none","forms":""})"), Problem);
  EXPECT_THROW(AnswerVerify(server_, "[]"), Problem);
}

TEST_F(VerifyTest, PreparingAgainGivesTheSameUsersAndMore) {
  const auto more = Prepare(server_, "load", 100, false);
  ASSERT_EQ(more.users.size(), 100u);
  EXPECT_EQ(more.password, prepared_.password);
  for (std::size_t i = 0; i < prepared_.users.size(); ++i) {
    EXPECT_EQ(more.users[i].user_id, prepared_.users[i].user_id);
  }
  const auto back = PreparedOf(JsonOf(more));
  EXPECT_EQ(JsonOf(back), JsonOf(more));
}

TEST_F(VerifyTest, ThePasswordOpensTheAccounts) {
  const auto account = people::RequireAccount(*database_->Read(), prepared_.users.front().username);
  EXPECT_EQ(crypto::VerifyPassword(account.password, prepared_.password),
            crypto::PasswordVerdict::kMatch);
  EXPECT_EQ(crypto::VerifyPassword(account.password, "guess"), crypto::PasswordVerdict::kNoMatch);
}

TEST_F(VerifyTest, AProjectOfOtherPeopleIsRefused) {
  writer_.Run(0, [](sql::Batch& batch) { projects::Create(batch, "real", "Real work"); });
  EXPECT_THROW(Prepare(server_, "real", 3, false), Problem);
  EXPECT_THROW(Prepare(server_, "load", 0, false), Problem);
}

}  // namespace
}  // namespace outpost::loadtest
