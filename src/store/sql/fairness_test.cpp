#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "base/problem.h"
#include "store/sql/detail/fair_queue.h"
#include "store/sql/testing/scratch_folder.h"
#include "store/sql/testing/store_rig.h"

namespace outpost::sql {
namespace {

using sql_testing::StoreRig;

/// A job that keeps the writer busy for about 100 microseconds, like a form.
class BusyJob final : public WriteJob {
 public:
  BusyJob(std::int64_t project, std::uint32_t cost, std::atomic<std::int64_t>* waiting)
      : project_(project), cost_(cost), waiting_(waiting) {}
  std::int64_t project() const override { return project_; }
  std::uint32_t cost() const override { return cost_; }
  void Apply(Batch& batch) override {
    const auto end = SteadyMicros() + 100;
    while (SteadyMicros() < end) {
    }
    batch.Next();
  }
  void Done(std::exception_ptr) noexcept override { --*waiting_; }

 private:
  std::int64_t project_;
  std::uint32_t cost_;
  std::atomic<std::int64_t>* waiting_;
};

/// 99th percentile of a small project's latency while another keeps `depth` jobs waiting.
std::int64_t LatencyBeside(std::int64_t depth) {
  const sql_testing::ScratchFolder folder;
  StoreRig rig({folder.path() / "outpost.db"});
  std::atomic<std::int64_t> waiting = 0;
  std::atomic<bool> is_over = false;
  std::thread flood([&] {
    while (!is_over) {
      while (waiting < depth) {
        ++waiting;
        rig.writer->Submit(std::make_unique<BusyJob>(1, 1, &waiting));
      }
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
  });
  while (waiting < depth) std::this_thread::yield();
  constexpr std::size_t kSamples = 100;
  std::vector<std::int64_t> micros;
  while (micros.size() < kSamples) {
    const auto start = SteadyMicros();
    rig.writer->Run(2, [](Batch& batch) { batch.Next(); });
    micros.push_back(SteadyMicros() - start);
  }
  is_over = true;
  flood.join();
  std::sort(micros.begin(), micros.end());
  return micros[kSamples * 99 / 100];
}

TEST(FairnessTest, AFloodOfOneProjectDoesNotDoubleTheLatencyOfAnother) {
  // Both keep the writer fully busy. One keeps no more waiting than a batch takes, the other
  // forty times that: first come, first served would make the second forty times slower.
  const auto beside_load = LatencyBeside(128);
  const auto beside_flood = LatencyBeside(5'000);
  RecordProperty("p99_micros_beside_load", std::to_string(beside_load));
  RecordProperty("p99_micros_beside_flood", std::to_string(beside_flood));
  EXPECT_LT(beside_flood, 2 * beside_load + 5'000) << "beside load: " << beside_load;
}

std::vector<std::int64_t> TakeAll(detail::FairQueue& queue) {
  std::vector<detail::QueuedJob> taken;
  while (queue.size() > 0) queue.Take(1, 1'000, taken);
  std::vector<std::int64_t> projects;
  for (const auto& queued : taken) projects.push_back(queued.job->project());
  return projects;
}

detail::QueuedJob Queued(std::int64_t project, std::uint32_t cost) {
  static std::atomic<std::int64_t> nobody = 0;
  return {std::make_unique<BusyJob>(project, cost, &nobody), 0, cost};
}

TEST(FairQueueTest, SharesAreByCostNotByNumber) {
  detail::FairQueue queue;
  for (int i = 0; i < 8; ++i) queue.Push(Queued(1, 8));
  for (int i = 0; i < 64; ++i) queue.Push(Queued(2, 1));
  const auto order = TakeAll(queue);
  ASSERT_EQ(order.size(), 72U);
  // One turn is worth 8: one heavy job, then eight light ones.
  for (std::size_t i = 0; i < order.size(); ++i) EXPECT_EQ(order[i], i % 9 == 0 ? 1 : 2) << i;
}

TEST(FairQueueTest, AJobDearerThanABatchIsTakenAlone) {
  detail::FairQueue queue;
  queue.Push(Queued(1, 10'000));
  queue.Push(Queued(1, 1));
  std::vector<detail::QueuedJob> taken;
  queue.Take(128, 512, taken);
  EXPECT_EQ(taken.size(), 1U);
  EXPECT_EQ(queue.size(), 1U);
}

TEST(FairQueueTest, WhatIsPutBackComesFirstAndInOrder) {
  detail::FairQueue queue;
  for (std::uint32_t cost = 1; cost <= 5; ++cost) queue.Push(Queued(1, cost));
  std::vector<detail::QueuedJob> taken;
  queue.Take(3, 512, taken);
  taken.erase(taken.begin());  // the first had its turn
  queue.PutBack(std::move(taken));
  std::vector<detail::QueuedJob> rest;
  queue.Take(10, 512, rest);
  ASSERT_EQ(rest.size(), 4U);
  for (std::uint32_t i = 0; i < 4; ++i) EXPECT_EQ(rest[i].cost, i + 2);
}

}  // namespace
}  // namespace outpost::sql
