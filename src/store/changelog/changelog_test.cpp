#include "store/changelog/changelog.h"

#include <gtest/gtest.h>

#include <string>

#include "store/sql/testing/scratch_database.h"
#include "store/sql/testing/store_rig.h"

namespace outpost::changelog {
namespace {

using sql_testing::ScratchDatabase;
using sql_testing::StoreRig;

class ChangelogTest : public testing::TestWithParam<sql::Engine> {
 protected:
  void SetUp() override {
    if (!place_.is_available()) GTEST_SKIP() << "no PostgreSQL on this machine";
    rig_ = std::make_unique<StoreRig>(sql::DatabaseOptions{place_.location()});
  }

  Change AppendOne(const std::string& document, Topic topic = Topic::kCase) {
    Change change;
    rig_->writer->Run(1, [&](sql::Batch& batch) {
      const auto stamp = batch.Next();
      change = {stamp.seq, stamp.at, 4, topic, stamp.seq, document, "CommCareCase", "visit", false};
      Append(batch, change);
    });
    return change;
  }
  void Move(std::string_view reader, std::int64_t seq) {
    rig_->writer->Run(1, [&](sql::Batch& batch) { MoveCursor(batch, reader, seq); });
  }
  std::int64_t TrimBefore(Instant before, int limit) {
    std::int64_t trimmed = 0;
    rig_->writer->Run(1, [&](sql::Batch& batch) { trimmed = Trim(batch, before, limit); });
    return trimmed;
  }
  std::vector<Change> All() { return ReadAfter(*rig_->database->Read(), 0, 1'000); }

  ScratchDatabase place_{GetParam()};
  std::unique_ptr<StoreRig> rig_;
};

TEST_P(ChangelogTest, WhoNeedsFewTopicsPassesTheOthersOver) {
  EXPECT_EQ(NewestSeq(*rig_->database->Read()), 0);
  AppendOne("case-1");
  AppendOne("user-1", Topic::kUser);
  AppendOne("case-2");
  AppendOne("demo", Topic::kProject);
  const auto last = AppendOne("case-3").seq;
  const auto read = [&](std::int64_t after, int limit) {
    return ReadTopicsAfter(*rig_->database->Read(), Topic::kUser, after, limit);
  };
  EXPECT_EQ(NewestSeq(*rig_->database->Read()), last);
  const auto all = read(0, 3);
  ASSERT_EQ(all.changes.size(), 2U);
  EXPECT_EQ(all.changes[0].document_id, "user-1");
  EXPECT_EQ(all.changes[1].document_id, "demo");
  EXPECT_EQ(all.until, last);
  const auto first = read(0, 1);
  ASSERT_EQ(first.changes.size(), 1U);
  EXPECT_EQ(first.until, first.changes[0].seq);
  EXPECT_EQ(read(first.until, 2).changes.at(0).document_id, "demo");
  EXPECT_TRUE(read(last, 2).changes.empty());
  EXPECT_EQ(read(last, 2).until, last);
}

TEST_P(ChangelogTest, ChangesComeBackAsTheyWereAppended) {
  const auto written = AppendOne("case-1");
  const auto all = All();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].seq, written.seq);
  EXPECT_EQ(all[0].at, written.at);
  EXPECT_EQ(all[0].project, 4);
  EXPECT_EQ(all[0].topic, Topic::kCase);
  EXPECT_EQ(all[0].row, written.row);
  EXPECT_EQ(all[0].document_id, "case-1");
  EXPECT_EQ(all[0].type, "CommCareCase");
  EXPECT_EQ(all[0].subtype, "visit");
  EXPECT_FALSE(all[0].is_deletion);
}

TEST_P(ChangelogTest, AReaderGetsWhatIsAfterItsPositionOldestFirst) {
  for (int i = 1; i <= 5; ++i) AppendOne(std::to_string(i));
  const auto some = ReadAfter(*rig_->database->Read(), 2, 2);
  ASSERT_EQ(some.size(), 2U);
  EXPECT_EQ(some[0].document_id, "3");
  EXPECT_EQ(some[1].document_id, "4");
  EXPECT_TRUE(ReadAfter(*rig_->database->Read(), 5, 2).empty());
}

TEST_P(ChangelogTest, ACursorStartsAtNothingAndIsKept) {
  EXPECT_EQ(ReadCursor(*rig_->database->Read(), "reports"), 0);
  Move("reports", 3);
  Move("reports", 7);
  Move("kafka", 1);
  EXPECT_EQ(ReadCursor(*rig_->database->Read(), "reports"), 7);
}

TEST_P(ChangelogTest, TrimmingStopsAtTheSlowestReaderTheDateAndTheLimit) {
  std::vector<Change> written;
  for (int i = 1; i <= 10; ++i) written.push_back(AppendOne(std::to_string(i)));
  const Instant later = written.back().at + 1;
  Move("fast", 10);
  Move("slow", 6);
  EXPECT_EQ(TrimBefore(written[2].at, 100), 2);  // the third is not older than itself
  EXPECT_EQ(TrimBefore(later, 3), 3);
  EXPECT_EQ(TrimBefore(later, 100), 1);
  EXPECT_EQ(TrimBefore(later, 100), 0);
  const auto left = All();
  ASSERT_EQ(left.size(), 4U);
  EXPECT_EQ(left[0].document_id, "7");
}

TEST_P(ChangelogTest, WithoutReadersTheDateDecides) {
  AppendOne("1");
  const auto second = AppendOne("2");
  EXPECT_EQ(TrimBefore(second.at, 100), 1);
}

INSTANTIATE_TEST_SUITE_P(Engines, ChangelogTest,
                         testing::Values(sql::Engine::kSqlite, sql::Engine::kPostgresql),
                         [](const auto& test) { return sql_testing::NameOf(test.param); });

}  // namespace
}  // namespace outpost::changelog
