#include "domain/device_logs/report_store.h"

#include <gtest/gtest.h>

#include <random>

#include "domain/device_logs/trimmer.h"
#include "domain/projects/projects.h"
#include "store/sql/testing/scratch_database.h"
#include "store/sql/testing/scratch_folder.h"
#include "store/sql/testing/store_rig.h"

namespace outpost::device_logs {
namespace {

using sql_testing::ScratchDatabase;
using sql_testing::StoreRig;

constexpr const char* kLogs =
    "<log_subreport><log date='2024-01-01'><type>t</type><msg>m</msg></log></log_subreport>";
constexpr const char* kUsers =
    "<user_subreport><user><username>asha</username></user></user_subreport>";

class ReportStoreTest : public testing::TestWithParam<sql::Engine> {
 protected:
  void SetUp() override {
    if (!place_.is_available()) GTEST_SKIP() << "no PostgreSQL on this machine";
    blobs_ = std::make_unique<blobs::BlobStore>(files_.path());
    rig_ = std::make_unique<StoreRig>(sql::DatabaseOptions{place_.location()});
    Write([&](sql::Batch& batch) {
      first_ = projects::Create(batch, "first", "").row;
      second_ = projects::Create(batch, "second", "").row;
    });
  }

  template <class Change>
  void Write(const Change& change) {
    rig_->writer->Run(0, change);
  }
  void Send(std::int64_t project, const std::string& id, const std::string& content,
            std::int64_t days_ago = 0, std::optional<std::int64_t> answers = std::nullopt) {
    const std::string xml = "<device_report xmlns='http://code.javarosa.org/devicereport'>" +
                            content + "</device_report>";
    auto prepared = Prepare(xml::Document::Parse(xml), xml);
    MoveLargeToBlob(prepared, *blobs_);
    prepared.answers_request_of = answers;
    const auto received_on = rig_->clock.Now() + -days_ago * kMicrosPerDay;
    Write([&](sql::Batch& batch) {
      Store(batch, *blobs_, {project, id, "u-1", received_on}, prepared);
    });
  }
  std::vector<StoredReport> Find(std::int64_t project, std::string_view id) {
    return FindReports(*rig_->database->Read(), *blobs_, *rig_->database, project, id);
  }
  std::vector<std::string> Listed(std::int64_t project, std::int64_t before = 0, int limit = 100) {
    std::vector<std::string> ids;
    for (const auto& stored :
         ListReports(*rig_->database->Read(), *blobs_, project, before, limit)) {
      ids.push_back(stored.report_id);
    }
    return ids;
  }
  bool Requested(std::int64_t account) {
    return IsRequested(*rig_->database->Read(), first_, account);
  }

  ScratchDatabase place_{GetParam()};
  sql_testing::ScratchFolder files_;
  std::unique_ptr<blobs::BlobStore> blobs_;
  std::unique_ptr<StoreRig> rig_;
  std::int64_t first_ = 0, second_ = 0;
};

TEST_P(ReportStoreTest, AReportComesBackWithItsEntries) {
  Send(first_, "r1", kLogs);
  const auto found = Find(first_, "r1");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].user_id, "u-1");
  ASSERT_EQ(found[0].report.logs.size(), 1u);
  EXPECT_EQ(found[0].report.logs[0].message, "m");
  EXPECT_TRUE(Find(second_, "r1").empty()) << "another project's";
}

TEST_P(ReportStoreTest, AResentReportAddsOnlyKindsThatAreNotThereYet) {
  Send(first_, "r1", kLogs);
  Send(first_, "r1", kLogs);
  EXPECT_EQ(Find(first_, "r1").size(), 1u);
  Send(first_, "r1", std::string(kLogs) + kUsers);
  Send(second_, "r1", kLogs);
  const auto found = Find(first_, "r1");
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[1].report.logs.size(), 0u);
  EXPECT_EQ(found[1].report.users.size(), 1u);
  EXPECT_EQ(Find(second_, "r1").size(), 1u);
}

/// Text that zstd cannot make smaller than three quarters.
std::string Incompressible(std::size_t length) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-";
  std::mt19937 draw(7);
  std::string text(length, ' ');
  for (auto& letter : text) letter = kLetters[draw() % kLetters.size()];
  return text;
}

TEST_P(ReportStoreTest, ALargeReportIsAFileThatGoesWithIt) {
  const auto blobs_stored = [&] {
    const auto reader = rig_->database->Read();
    const auto rows = reader->Query("SELECT COUNT(*) FROM blobs");
    return rows->Next() ? rows->Int(0) : -1;
  };
  const auto logs_of = [](const std::string& message) {
    return "<log_subreport><log date='2024-01-01'><type>t</type><msg>" + message +
           "</msg></log></log_subreport>";
  };
  const auto large = Incompressible(2 * kInRowBytesMax);
  Send(first_, "small", logs_of(Incompressible(kInRowBytesMax)), 61);
  EXPECT_EQ(blobs_stored(), 0);
  Send(first_, "large", logs_of(large), 61);
  Send(second_, "large", logs_of(large), 59);
  EXPECT_EQ(blobs_stored(), 2) << "each its own, though the bytes are the same";
  EXPECT_EQ(Find(first_, "large").front().report.logs.front().message, large);
  EXPECT_EQ(Listed(first_), (std::vector<std::string>{"large", "small"}));
  EXPECT_EQ(TrimAll(*rig_->database, *rig_->writer, *blobs_, rig_->clock.Now(), 60), 2);
  EXPECT_EQ(blobs_stored(), 1);
  EXPECT_EQ(Find(second_, "large").front().report.logs.front().message, large);
}

TEST(ReportSizeTest, WhatFitsInARowIsInOneAndOneByteMoreIsNot) {
  const sql_testing::ScratchFolder files;
  const blobs::BlobStore blobs(files.path());
  PreparedReport report;
  report.packed.assign(kInRowBytesMax, 'x');
  MoveLargeToBlob(report, blobs);
  EXPECT_EQ(report.packed.size(), kInRowBytesMax);
  EXPECT_EQ(report.blob.id, "");
  report.packed += 'x';
  MoveLargeToBlob(report, blobs);
  EXPECT_EQ(report.packed, "");
  EXPECT_NE(report.blob.id, "");
}

TEST_P(ReportStoreTest, ReportsWithoutEntriesAreKeptOnce) {
  Send(first_, "empty", "");
  Send(first_, "empty", "");
  EXPECT_EQ(Find(first_, "empty").size(), 1u);
}

TEST_P(ReportStoreTest, ListsNewestFirstInPages) {
  for (int i = 0; i < 5; ++i) Send(first_, "r" + std::to_string(i), kLogs);
  Send(second_, "other", kLogs);
  EXPECT_EQ(Listed(first_, 0, 2), (std::vector<std::string>{"r4", "r3"}));
  const auto third = Find(first_, "r3").front().row;
  EXPECT_EQ(Listed(first_, third, 2), (std::vector<std::string>{"r2", "r1"}));
  EXPECT_EQ(Listed(second_), (std::vector<std::string>{"other"}));
}

TEST_P(ReportStoreTest, OldReportsOfEveryProjectGoAndYoungerOnesStay) {
  for (int i = 0; i < 250; ++i) Send(first_, "old" + std::to_string(i), kLogs, 61);
  Send(first_, "young", kLogs, 59);
  Send(second_, "old", kLogs, 61);
  EXPECT_EQ(TrimAll(*rig_->database, *rig_->writer, *blobs_, rig_->clock.Now(), 60), 251);
  EXPECT_EQ(Listed(first_), (std::vector<std::string>{"young"}));
  EXPECT_TRUE(Listed(second_).empty());
  EXPECT_EQ(TrimAll(*rig_->database, *rig_->writer, *blobs_, rig_->clock.Now(), 60), 0);
}

TEST_P(ReportStoreTest, AReportFromTheFutureDoesNotKeepOthersFromGoing) {
  Send(first_, "future", kLogs, -1'000);
  Send(first_, "old", kLogs, 61);
  const auto later = rig_->clock.Now() + 61 * kMicrosPerDay;
  EXPECT_EQ(TrimAll(*rig_->database, *rig_->writer, *blobs_, later, 60), 2);
}

TEST_P(ReportStoreTest, ARequestIsPendingUntilItIsAnsweredOrCancelled) {
  EXPECT_FALSE(Requested(7));
  Write([&](sql::Batch& batch) {
    RequestLogs(batch, first_, 7);
    RequestLogs(batch, first_, 7);
    RequestLogs(batch, first_, 8);
    RequestLogs(batch, first_, 9);
  });
  EXPECT_TRUE(Requested(7));
  Send(first_, "r1", kLogs);
  EXPECT_TRUE(Requested(7)) << "it was not forced";
  Send(first_, "r1", kLogs, 0, 7);
  EXPECT_FALSE(Requested(7)) << "also when nothing of the report is new";
  EXPECT_TRUE(Requested(8));
  Write([&](sql::Batch& batch) { CancelRequest(batch, first_, 8); });
  EXPECT_FALSE(Requested(8));
  EXPECT_TRUE(Requested(9));
}

INSTANTIATE_TEST_SUITE_P(Engines, ReportStoreTest,
                         testing::Values(sql::Engine::kSqlite, sql::Engine::kPostgresql),
                         [](const auto& test) { return sql_testing::NameOf(test.param); });

}  // namespace
}  // namespace outpost::device_logs
