#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "base/ids.h"
#include "base/problem.h"
#include "operations/backup/shipper.h"
#include "operations/backup/testing/remote_places.h"
#include "operations/backup/testing/ship_rig.h"

namespace outpost::backup {
namespace {

using std::chrono::milliseconds;
using testing::ShipRig;

/// Commits all the time, while it lives.
class Load {
 public:
  explicit Load(ShipRig& rig) : thread_([this, &rig] { Run(rig); }) {}
  ~Load() { Stop(); }
  void Stop() {
    is_over_ = true;
    if (thread_.joinable()) thread_.join();
  }

 private:
  void Run(ShipRig& rig) {
    while (!is_over_) {
      rig.AddNotes(5);
      std::this_thread::sleep_for(milliseconds(5));
    }
  }

  std::atomic<bool> is_over_{false};
  std::thread thread_;
};

class RemoteShipperTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    place_ = testing::MakeRemotePlace(GetParam(), scratch_.path());
    if (const auto why = place_->missing(); !why.empty()) GTEST_SKIP() << why;
    rig_.where = place_->where();
  }
  static void AwaitTrouble(const Shipper& shipper) {
    for (int i = 0; i < 600 && shipper.Status().trouble.empty(); ++i) {
      std::this_thread::sleep_for(milliseconds(100));
    }
    EXPECT_NE(shipper.Status().trouble, "");
  }

  sql_testing::ScratchFolder scratch_;
  std::unique_ptr<testing::RemotePlace> place_;
  ShipRig rig_;
};

TEST_P(RemoteShipperTest, AStartDoesNotWaitForAPlaceThatIsAwayToSayWhoTookOver) {
  auto shipper = rig_.Ship();
  rig_.AddNotes(3);
  ASSERT_TRUE(shipper->Flush(60));
  rig_.StopWith(*shipper);
  place_->TakeAway();
  const auto started = std::chrono::steady_clock::now();
  EXPECT_THROW(FindTakeoverOf(rig_.paths(), rig_.where, rig_.key(), milliseconds(500)), Problem);
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(10));
  place_->BringBack();
  EXPECT_FALSE(FindTakeoverOf(rig_.paths(), rig_.where, rig_.key(), std::chrono::seconds(60)));
}

TEST_P(RemoteShipperTest, WhatIsShippedUnderLoadThroughCutsAndAbsencesIsRestoredAsItWas) {
  const auto blob = rig_.KeepBlob(std::string(300'000, 'b'));
  rig_.AddNotes(100);
  auto shipper = rig_.Ship();
  Load load(rig_);
  shipper->MakeBase();
  const auto series = shipper->Status().series;
  for (const std::int64_t after : {2'000, 20'000}) {
    place_->CutNextAfter(after);
    std::this_thread::sleep_for(milliseconds(500));
  }
  place_->TakeAway();
  AwaitTrouble(*shipper);
  EXPECT_GT(shipper->Status().waiting_segments, 0);
  const auto another = rig_.KeepBlob(std::string(300'000, 'c'));
  place_->BringBack();
  load.Stop();
  ASSERT_TRUE(shipper->Flush(90)) << shipper->Status().trouble;
  EXPECT_EQ(shipper->Status().series, series) << "the spool did not hold";
  EXPECT_EQ(shipper->Status().trouble, "");
  const auto restored = rig_.Restore({});
  EXPECT_EQ(rig_.StateOf(restored.folder), rig_.State());
  EXPECT_EQ(rig_.Problems(restored.folder), "");
  EXPECT_EQ(restored.files, 2);
  EXPECT_TRUE(restored.missing_files.empty());
}

TEST_P(RemoteShipperTest, AServerThatStartsWhileItsPlaceIsAwayGoesOnWithItsSeries) {
  rig_.AddNotes(20);
  auto shipper = rig_.Ship();
  shipper->MakeBase();
  const auto series = shipper->Status().series;
  ASSERT_TRUE(shipper->Flush(60));
  place_->TakeAway();
  rig_.AddNotes(100);
  auto started = std::chrono::steady_clock::now();
  rig_.Kill(std::move(shipper));
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(20));
  rig_.Start();
  started = std::chrono::steady_clock::now();
  shipper = rig_.Ship();
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(2));
  EXPECT_EQ(shipper->Status().series, series);
  rig_.AddNotes(100);
  place_->BringBack();
  ASSERT_TRUE(shipper->Flush(90)) << shipper->Status().trouble;
  EXPECT_EQ(rig_.StateOf(rig_.Restore({}).folder), rig_.State());
}

TEST_P(RemoteShipperTest, ALimitOfBytesASecondHoldsForBaseAndSegmentsTogether) {
  constexpr std::int64_t kBytesPerSecond = 200'000;
  rig_.pacer = std::make_shared<Pacer>(kBytesPerSecond);
  std::string noise(400'000, '\0');  // does not pack
  FillRandom({reinterpret_cast<std::uint8_t*>(noise.data()), noise.size()});
  rig_.KeepBlob(noise);
  const auto started = std::chrono::steady_clock::now();
  auto shipper = rig_.Ship();
  shipper->MakeBase();
  ASSERT_TRUE(shipper->Flush(60));
  const auto took = std::chrono::steady_clock::now() - started;
  std::int64_t bytes = 0;
  for (const auto& object : rig_.destination()->List("")) bytes += object.bytes;
  EXPECT_GE(bytes, 400'000);
  // The last piece of each of the two processes does not wait for itself.
  const auto least = milliseconds((bytes - 64'000) * 1'000 / kBytesPerSecond);
  EXPECT_GE(took, least);
}

INSTANTIATE_TEST_SUITE_P(Places, RemoteShipperTest, ::testing::ValuesIn(testing::kRemoteKinds),
                         [](const auto& kind) { return std::string(kind.param); });

}  // namespace
}  // namespace outpost::backup
