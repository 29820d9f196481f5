#include "domain/sync_log/sync_log.h"

#include <gtest/gtest.h>

#include "store/sql/testing/scratch_database.h"
#include "store/sql/testing/store_rig.h"

namespace outpost::sync_log {
namespace {

using sql_testing::ScratchDatabase;
using sql_testing::StoreRig;

constexpr std::int64_t kProject = 4;

class SyncLogTest : public testing::TestWithParam<sql::Engine> {
 protected:
  void SetUp() override {
    if (!place_.is_available()) GTEST_SKIP() << "no PostgreSQL on this machine";
    rig_ = std::make_unique<StoreRig>(sql::DatabaseOptions{place_.location()});
  }

  template <class Change>
  void Write(const Change& change) {
    rig_->writer->Run(kProject, change);
  }
  /// A restore that a phone may hold; what it shows is the state of this moment.
  SyncLog Restore(const SyncLog* previous, const PhoneGraph& graph,
                  const std::string& device = "d") {
    SyncLog log;
    Write([&](sql::Batch& batch) {
      log.project = kProject;
      log.user_id = log.requested_by = "u1";
      log.device_id = device;
      log.app_id = "app";
      log.previous = previous == nullptr ? 0 : previous->row;
      log.snapshot = batch.last();
      log.created_on = log.used_on = batch.now();
      log.owners = {"u1", "team"};
      log.digest.Toggle("c1");
      log.held_count = 1;
      log = Insert(batch, log, graph, {{3, 8}, {"nowhere"}, true});
    });
    return log;
  }
  void SendForm(const std::string& token, const FormEffect& effect,
                const std::string& user_id = "u1") {
    Write([&](sql::Batch& batch) {
      batch.Next();
      batch.State<SyncLogSet>().Record(kProject, token, user_id, effect);
    });
  }
  std::vector<std::int64_t> Held(const std::string& token) {
    const auto reader = rig_->database->Read();
    const auto log = FindByToken(*reader, kProject, token);
    std::vector<std::int64_t> rows;
    if (!log) return {-1};
    for (const auto& held : ReadGraph(*reader, *rig_->database, *log)) rows.push_back(held.row);
    return rows;
  }

  ScratchDatabase place_{GetParam()};
  std::unique_ptr<StoreRig> rig_;
};

FormEffect Creates(std::int64_t row) { return {{row, true, false, "u1", {}}}; }

TEST_P(SyncLogTest, IsReadBackAsItWasWritten) {
  const auto log = Restore(nullptr, {{7, "u1", false, {}}});
  const auto reader = rig_->database->Read();
  const auto found = FindByToken(*reader, kProject, log.token);
  ASSERT_TRUE(found);
  EXPECT_EQ(log.token.size(), 32U);
  EXPECT_EQ(found->row, log.row);
  EXPECT_EQ(found->owners, log.owners);
  EXPECT_EQ(found->digest.Bytes(), log.digest.Bytes());
  EXPECT_EQ(found->snapshot.seq, log.snapshot.seq);
  EXPECT_EQ(found->snapshot.at, log.snapshot.at);
  EXPECT_EQ(ReadWatched(*reader, *found).rows, (std::vector<std::int64_t>{3, 8}));
  EXPECT_EQ(ReadWatched(*reader, *found).missing_ids, std::vector<std::string>{"nowhere"});
  EXPECT_TRUE(ReadWatched(*reader, *found).is_unsettled);
  EXPECT_FALSE(FindByToken(*reader, kProject + 1, log.token));
  EXPECT_FALSE(FindByToken(*reader, kProject, "unknown"));
}

TEST_P(SyncLogTest, FormsWithTheTokenChangeWhatThePhoneHolds) {
  const auto log = Restore(nullptr, {{7, "u1", false, {}}});
  SendForm(log.token, Creates(9));
  SendForm("unknown", Creates(10));
  SendForm(log.token, Creates(11), "another user");
  EXPECT_EQ(Held(log.token), (std::vector<std::int64_t>{7, 9}));
}

TEST_P(SyncLogTest, AFormSentBeforeTheNextRestoreArrivedCountsForBothLogs) {
  const auto first = Restore(nullptr, {});
  SendForm(first.token, Creates(5));
  const auto second = Restore(&first, {{5, "u1", false, {}}});
  SendForm(first.token, Creates(6));
  EXPECT_EQ(Held(first.token), (std::vector<std::int64_t>{5, 6}));
  EXPECT_EQ(Held(second.token), (std::vector<std::int64_t>{5, 6}));
  // The phone arrives with the second: the first goes, what it owed does not.
  SendForm(second.token, Creates(8));
  EXPECT_EQ(Held(first.token), std::vector<std::int64_t>{-1});
  EXPECT_EQ(Held(second.token), (std::vector<std::int64_t>{5, 6, 8}));
}

TEST_P(SyncLogTest, ARestoreThatNeverArrivedGoesWhenThePhoneComesWithALaterOne) {
  const auto first = Restore(nullptr, {});
  const auto lost = Restore(&first, {});
  const auto other_device = Restore(nullptr, {}, "another");
  const auto second = Restore(&first, {});
  EXPECT_EQ(Held(first.token), std::vector<std::int64_t>{});
  SendForm(second.token, {});
  EXPECT_EQ(Held(lost.token), std::vector<std::int64_t>{-1});
  EXPECT_EQ(Held(first.token), std::vector<std::int64_t>{-1});
  EXPECT_EQ(Held(other_device.token), std::vector<std::int64_t>{});
}

TEST_P(SyncLogTest, WhatNobodyUsesIsDeletedInSlices) {
  const auto log = Restore(nullptr, {{7, "u1", false, {}}});
  Restore(nullptr, {}, "another");
  const auto later = rig_->clock.Now() + kMicrosPerDay;
  std::int64_t deleted = 0;
  Write([&](sql::Batch& batch) { deleted = DeleteUnused(batch, later, 1); });
  EXPECT_EQ(deleted, 1);
  Write([&](sql::Batch& batch) { deleted = DeleteUnused(batch, later, 10); });
  EXPECT_EQ(deleted, 1);
  EXPECT_EQ(rig_->Number("SELECT COUNT(*) FROM sync_log_contents"), 0);
  EXPECT_EQ(Held(log.token), std::vector<std::int64_t>{-1});
}

INSTANTIATE_TEST_SUITE_P(Engines, SyncLogTest,
                         testing::Values(sql::Engine::kSqlite, sql::Engine::kPostgresql),
                         [](const auto& test) { return sql_testing::NameOf(test.param); });

}  // namespace
}  // namespace outpost::sync_log
