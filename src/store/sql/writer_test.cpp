#include "store/sql/writer.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "base/problem.h"
#include "store/sql/testing/scratch_database.h"
#include "store/sql/testing/store_rig.h"

namespace outpost::sql {
namespace {

using sql_testing::AddNote;
using sql_testing::ScratchDatabase;
using sql_testing::StoreRig;

/// Does what it is told and keeps how it ended.
class TestJob final : public WriteJob {
 public:
  using Work = std::function<void(Batch&)>;
  using End = std::function<void(std::exception_ptr)>;
  TestJob(std::int64_t project, Work work, End end, bool is_bulk = false)
      : project_(project), work_(std::move(work)), end_(std::move(end)), is_bulk_(is_bulk) {}
  std::int64_t project() const override { return project_; }
  bool is_bulk() const override { return is_bulk_; }
  void Apply(Batch& batch) override { work_(batch); }
  void Done(std::exception_ptr failure) noexcept override { end_(std::move(failure)); }

 private:
  std::int64_t project_;
  Work work_;
  End end_;
  bool is_bulk_;
};

class WriterTest : public testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    if (!place_.is_available()) GTEST_SKIP() << "no PostgreSQL on this machine";
    rig_ = std::make_unique<StoreRig>(DatabaseOptions{place_.location()}, PatientLimits());
  }

  /// On a slow machine, too, what waits must become one batch.
  static WriterOptions PatientLimits() {
    WriterOptions limits;
    limits.batch_micros_max = 60 * kMicrosPerSecond;
    return limits;
  }

  /// Keeps the writer busy until the returned promise is kept, so that what is submitted meanwhile
  /// becomes one batch.
  std::promise<void> HoldWriter() {
    std::promise<void> release;
    std::promise<void> started;
    auto released = std::make_shared<std::shared_future<void>>(release.get_future().share());
    rig_->writer->Submit(std::make_unique<TestJob>(
        0,
        [&started, released](Batch&) {
          started.set_value();
          released->wait();
        },
        [](std::exception_ptr) {}));
    started.get_future().wait();
    return release;
  }

  std::future<void> Submit(TestJob::Work work, std::int64_t project = 1, bool is_bulk = false) {
    auto done = std::make_shared<std::promise<void>>();
    rig_->writer->Submit(std::make_unique<TestJob>(
        project, std::move(work),
        [done](std::exception_ptr failure) {
          failure ? done->set_exception(failure) : done->set_value();
        },
        is_bulk));
    return done->get_future();
  }

  ScratchDatabase place_{GetParam()};
  std::unique_ptr<StoreRig> rig_;
};

TEST_P(WriterTest, WhatWasRunIsThereForReaders) {
  rig_->writer->Run(1, [](Batch& batch) { AddNote(batch, "one"); });
  EXPECT_EQ(rig_->CountNotes(), 1);
  EXPECT_EQ(rig_->writer->committed_seq(), 1);
}

TEST_P(WriterTest, WhatWaitsBecomesOneBatch) {
  auto release = HoldWriter();
  const auto batches = rig_->writer->Report().batches;  // without the one that is held
  std::vector<std::future<void>> all;
  for (int i = 0; i < 10; ++i) {
    all.push_back(Submit([i](Batch& batch) { AddNote(batch, std::to_string(i)); }));
  }
  release.set_value();
  for (auto& done : all) done.get();
  EXPECT_EQ(rig_->CountNotes(), 10);
  EXPECT_EQ(rig_->writer->Report().batches, batches + 2);
}

TEST_P(WriterTest, ARefusedJobFailsAlone) {
  auto release = HoldWriter();
  auto good = Submit([](Batch& batch) { AddNote(batch, "good"); });
  auto bad = Submit([](Batch&) { throw Problem(ProblemKind::kConflict, "no"); });
  auto also_good = Submit([](Batch& batch) { AddNote(batch, "also good"); });
  release.set_value();
  EXPECT_NO_THROW(good.get());
  EXPECT_THROW(bad.get(), Problem);
  EXPECT_NO_THROW(also_good.get());
  EXPECT_EQ(rig_->CountNotes(), 2);
  EXPECT_EQ(rig_->writer->Report().batches_redone, 0U);
}

TEST_P(WriterTest, AJobRefusedAfterItWroteLeavesNothingAndNoGap) {
  auto release = HoldWriter();
  auto good = Submit([](Batch& batch) { AddNote(batch, "good"); });
  auto bad = Submit([](Batch& batch) {
    AddNote(batch, "half");
    throw Problem(ProblemKind::kConflict, "too late");
  });
  auto also_good = Submit([](Batch& batch) { AddNote(batch, "also good"); });
  release.set_value();
  EXPECT_NO_THROW(good.get());
  EXPECT_THROW(bad.get(), Problem);
  EXPECT_NO_THROW(also_good.get());
  EXPECT_EQ(rig_->CountNotes(), 2);
  EXPECT_EQ(rig_->Number("SELECT MAX(id) FROM notes"), 2);
  EXPECT_EQ(rig_->writer->Report().batches_redone, 1U);
}

TEST_P(WriterTest, AfterAnSqlErrorEveryJobRunsAlone) {
  auto release = HoldWriter();
  std::vector<std::future<void>> all;
  for (int i = 0; i < 5; ++i) {
    // The third tries to store what the first has stored.
    const std::string text = std::to_string(i == 2 ? 0 : i);
    all.push_back(Submit([text](Batch& batch) { AddNote(batch, text); }));
  }
  release.set_value();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i == 2) {
      EXPECT_THROW(all[i].get(), SqlError);
    } else {
      EXPECT_NO_THROW(all[i].get()) << i;
    }
  }
  EXPECT_EQ(rig_->CountNotes(), 4);
  EXPECT_EQ(rig_->Number("SELECT MAX(id) FROM notes"), 4);
  EXPECT_EQ(rig_->writer->Report().batches_redone, 1U);
}

struct Gathered final : BatchState {
  explicit Gathered(Batch&) {}
  void Flush(Batch& batch) override {
    for (const auto& text : texts) AddNote(batch, text);
  }
  std::vector<std::string> texts;
};

TEST_P(WriterTest, WhatJobsGatherIsWrittenOnceAtTheEnd) {
  auto release = HoldWriter();
  std::vector<std::future<void>> all;
  for (int i = 0; i < 3; ++i) {
    all.push_back(
        Submit([i](Batch& batch) { batch.State<Gathered>().texts.push_back(std::to_string(i)); }));
  }
  release.set_value();
  for (auto& done : all) done.get();
  EXPECT_EQ(rig_->CountNotes(), 3);
}

TEST_P(WriterTest, BulkJobsRunTooWhenNothingElseWaits) {
  std::vector<std::future<void>> all;
  for (int i = 0; i < 50; ++i) {
    all.push_back(Submit([i](Batch& batch) { AddNote(batch, std::to_string(i)); }, 1, true));
  }
  for (auto& done : all) done.get();
  EXPECT_EQ(rig_->CountNotes(), 50);
}

TEST_P(WriterTest, BulkJobsRunInTheirOrderAlthoughTheyAreCutIntoSlices) {
  std::vector<std::future<void>> all;
  std::vector<int> order;
  for (int i = 0; i < 30; ++i) {
    all.push_back(Submit(
        [i, &order](Batch&) {
          std::this_thread::sleep_for(std::chrono::milliseconds(1));
          order.push_back(i);
        },
        1, true));
  }
  for (auto& done : all) done.get();
  ASSERT_EQ(order.size(), 30U);
  for (int i = 0; i < 30; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
}

TEST_P(WriterTest, WaitingForACommitEndsWithTheCommit) {
  EXPECT_FALSE(rig_->writer->WaitForCommitAfter(0, 1'000));
  std::thread later([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    rig_->writer->Run(1, [](Batch& batch) { AddNote(batch, "one"); });
  });
  EXPECT_TRUE(rig_->writer->WaitForCommitAfter(0, 10 * kMicrosPerSecond));
  later.join();
}

TEST_P(WriterTest, StopWorksOffTheQueueAndRefusesWhatComesLater) {
  auto release = HoldWriter();
  std::vector<std::future<void>> all;
  for (int i = 0; i < 20; ++i) {
    all.push_back(Submit([i](Batch& batch) { AddNote(batch, std::to_string(i)); }));
  }
  release.set_value();
  rig_->writer->Stop();
  for (auto& done : all) EXPECT_NO_THROW(done.get());
  try {
    Submit([](Batch&) {});
    FAIL() << "accepted after Stop";
  } catch (const Problem& problem) {
    EXPECT_EQ(problem.kind(), ProblemKind::kPaused);
  }
  EXPECT_EQ(rig_->CountNotes(), 20);
}

TEST_P(WriterTest, AFullQueueRefusesAtTheLimitAndNotBefore) {
  rig_.reset();
  auto limits = PatientLimits();
  limits.queue_jobs_max = 3;
  rig_ = std::make_unique<StoreRig>(DatabaseOptions{place_.location()}, limits);
  auto release = HoldWriter();
  std::vector<std::future<void>> all;
  for (int i = 0; i < 3; ++i) all.push_back(Submit([](Batch&) {}));
  try {
    Submit([](Batch&) {});
    FAIL() << "accepted above the limit";
  } catch (const Problem& problem) {
    EXPECT_EQ(problem.kind(), ProblemKind::kBusy);
  }
  release.set_value();
  for (auto& done : all) EXPECT_NO_THROW(done.get());
}

INSTANTIATE_TEST_SUITE_P(Engines, WriterTest, testing::Values(Engine::kSqlite, Engine::kPostgresql),
                         [](const auto& test) { return sql_testing::NameOf(test.param); });

TEST(WriterTimeTest, ABatchEndsWhenItsTimeIsOverAndTheRestComesNext) {
  const sql_testing::ScratchFolder folder;
  WriterOptions limits;
  limits.batch_micros_max = 3'000;
  StoreRig rig({folder.path() / "outpost.db"}, limits);
  std::vector<int> order;
  for (int i = 0; i < 20; ++i) {
    rig.writer->Submit(std::make_unique<TestJob>(
        1,
        [i, &order](Batch& batch) {
          std::this_thread::sleep_for(std::chrono::milliseconds(2));
          order.push_back(i);
          AddNote(batch, std::to_string(i));
        },
        [](std::exception_ptr failure) { EXPECT_EQ(failure, nullptr); }));
  }
  rig.writer->Stop();
  EXPECT_GE(rig.writer->Report().batches, 10U);
  ASSERT_EQ(order.size(), 20U);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
}

TEST(BatchTest, MomentsGrowEvenWhenTheClockStandsStillOrGoesBack) {
  const sql_testing::ScratchFolder folder;
  const auto database = Database::Open({folder.path() / "outpost.db"});
  const auto connection = database->TakeWritingConnection();
  Batch batch(*connection, *database, {7, {1'000}}, {500});
  EXPECT_EQ(batch.Next().at.micros, 1'001);
  EXPECT_EQ(batch.Next().at.micros, 1'002);
  EXPECT_EQ(batch.last().seq, 9);
  Batch later(*connection, *database, batch.last(), {5'000});
  EXPECT_EQ(later.Next().at.micros, 5'000);
}

}  // namespace
}  // namespace outpost::sql
