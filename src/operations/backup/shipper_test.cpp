#include "operations/backup/shipper.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "base/problem.h"
#include "operations/backup/catalogue.h"
#include "operations/backup/restore.h"
#include "operations/backup/testing/ship_rig.h"

namespace outpost::backup {
namespace {

namespace fs = std::filesystem;
using testing::ShipRig;

TEST(ShipperTest, EveryPositionSinceTheBaseIsRestoredExactly) {
  ShipRig rig;
  rig.AddNotes(50);
  auto shipper = rig.Ship();
  shipper->MakeBase();
  std::map<std::int64_t, std::string> states;
  for (int i = 0; i < 30; ++i) {
    rig.AddNotes(1 + i % 5);
    states[rig.seq()] = rig.State();
  }
  ASSERT_TRUE(shipper->Flush(30));
  for (const auto& [seq, state] : states) {
    const auto restored = rig.Restore({std::nullopt, seq});
    EXPECT_EQ(restored.seq, seq);
    EXPECT_EQ(rig.StateOf(restored.folder), state) << "position " << seq;
  }
  EXPECT_EQ(rig.Restore({}).seq, rig.seq());
}

TEST(ShipperTest, AMomentIsRestoredAsItWas) {
  ShipRig rig;
  rig.AddNotes(5);
  auto shipper = rig.Ship();
  shipper->MakeBase();
  rig.AddNotes(5);
  const auto seq = rig.seq();
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const auto moment = rig.clock.Now();
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  rig.AddNotes(5);
  ASSERT_TRUE(shipper->Flush(30));
  const auto restored = rig.Restore({moment, std::nullopt});
  EXPECT_EQ(restored.seq, seq);
  EXPECT_LE(restored.at, moment);
}

TEST(ShipperTest, ABaseCopiedWhileTheFileChangesIsWholeWithItsSegments) {
  ShipRig rig;
  rig.AddNotes(2'000);
  auto shipper = rig.Ship();
  std::atomic<bool> is_over{false};
  std::thread load([&] {
    while (!is_over) {
      rig.AddNotes(20);
      std::this_thread::sleep_for(std::chrono::milliseconds(5));  // packing stands behind forms
    }
  });
  for (int i = 0; i < 3; ++i) shipper->MakeBase();
  is_over = true;
  load.join();
  rig.AddNotes(1);
  ASSERT_TRUE(shipper->Flush(30));
  const auto restored = rig.Restore({});
  EXPECT_EQ(rig.StateOf(restored.folder), rig.State());
  EXPECT_EQ(rig.Problems(restored.folder), "");
}

TEST(ShipperTest, AStoppedServerGoesOnWithoutANewBase) {
  ShipRig rig;
  rig.AddNotes(10);
  auto shipper = rig.Ship();
  shipper->MakeBase();
  const auto series = shipper->Status().series;
  rig.AddNotes(10);
  rig.StopWith(*shipper);
  shipper.reset();
  rig.Start();
  rig.AddNotes(3);  // too few for a checkpoint, which nobody would see
  shipper = rig.Ship();
  EXPECT_EQ(shipper->Status().series, series);
  EXPECT_TRUE(shipper->Status().has_base);
  rig.AddNotes(10);
  ASSERT_TRUE(shipper->Flush(30));
  EXPECT_EQ(rig.StateOf(rig.Restore({}).folder), rig.State());
}

TEST(ShipperTest, AKilledServerShipsWhatItHadCommitted) {
  ShipRig rig;
  auto shipper = rig.Ship();
  shipper->MakeBase();
  const auto series = shipper->Status().series;
  for (int round = 0; round < 5; ++round) {
    rig.AddNotes(300 * (round % 3));
    if (round % 2 == 0) shipper->Flush(30);
    rig.AddNotes(7);
    // The files are left as they lie; another server takes over a copy of them.
    rig.Kill(std::move(shipper));
    rig.Start();
    shipper = rig.Ship();
    EXPECT_EQ(shipper->Status().series, series) << "round " << round;
    rig.AddNotes(3);
    ASSERT_TRUE(shipper->Flush(30));
    EXPECT_EQ(rig.StateOf(rig.Restore({}).folder), rig.State()) << "round " << round;
  }
}

TEST(ShipperTest, ADatabaseThatWasChangedWithoutTheShipperGetsANewSeriesAndABase) {
  ShipRig rig;
  rig.AddNotes(10);
  auto shipper = rig.Ship();
  shipper->MakeBase();
  const auto series = shipper->Status().series;
  rig.StopWith(*shipper);
  shipper.reset();
  rig.Start();
  rig.AddNotes(10);
  rig.Stop();  // checkpoints, and nobody saw it
  rig.Start();
  rig.makes_bases = true;
  shipper = rig.Ship();
  EXPECT_NE(shipper->Status().series, series);
  rig.AddNotes(10);
  rig.AwaitBase(*shipper);
  ASSERT_TRUE(shipper->Flush(30));
  EXPECT_EQ(rig.StateOf(rig.Restore({}).folder), rig.State());
}

TEST(ShipperTest, ADestinationThatIsAwayGetsEverythingLater) {
  ShipRig rig;
  auto shipper = rig.Ship();
  shipper->MakeBase();
  rig.TakeDestinationAway();
  rig.AddNotes(500);
  EXPECT_FALSE(shipper->Flush(1));
  for (int i = 0; i < 600 && shipper->Status().trouble.empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  EXPECT_NE(shipper->Status().trouble, "");
  EXPECT_GT(shipper->Status().waiting_segments, 0);
  rig.BringDestinationBack();
  ASSERT_TRUE(shipper->Flush(60));
  EXPECT_EQ(shipper->Status().trouble, "");
  EXPECT_EQ(rig.StateOf(rig.Restore({}).folder), rig.State());
}

TEST(ShipperTest, AFullSpoolEndsTheSeriesAndAnotherBeginsWithItsBase) {
  ShipRig rig;
  rig.spool_bytes_max = 400'000;
  rig.makes_bases = true;
  auto shipper = rig.Ship();
  shipper->MakeBase();
  const auto series = shipper->Status().series;
  rig.AddLargeNotes(200);  // one commit; its checkpoint follows at once
  rig.AwaitAnotherSeries(*shipper, series);
  rig.AwaitBase(*shipper);
  ASSERT_TRUE(shipper->Flush(30));
  EXPECT_EQ(rig.StateOf(rig.Restore({}).folder), rig.State());
}

TEST(ShipperTest, BlobsAreThereBeforeTheSegmentThatNamesThem) {
  ShipRig rig;
  const auto old = rig.KeepBlob(std::string(50'000, 'o'));
  auto shipper = rig.Ship();
  shipper->MakeBase();
  const auto fresh = rig.KeepBlob(std::string(60'000, 'n'));
  ASSERT_TRUE(shipper->Flush(30));
  const auto restored = rig.Restore({});
  EXPECT_EQ(restored.files, 2);
  EXPECT_TRUE(restored.missing_files.empty());
  for (const auto& id : {old, fresh}) {
    EXPECT_TRUE(fs::exists(restored.folder / "blobs" / id.substr(2, 2) / id.substr(4, 2) / id));
  }
  rig.Remove(fresh);
  EXPECT_EQ(rig.Restore({}).missing_files.size(), 1U);
}

TEST(RestoreTest, AFolderThatIsNotEmptyIsLeftAlone) {
  ShipRig rig;
  auto shipper = rig.Ship();
  shipper->MakeBase();
  RestoreOptions options;
  options.into.root = rig.data();
  try {
    RestoreBackup(*rig.destination(), rig.key(), options, rig.clock);
    FAIL() << "it was overwritten";
  } catch (const Problem& problem) {
    EXPECT_EQ(problem.kind(), ProblemKind::kConflict);
  }
}

TEST(RestoreTest, BeforeTheFirstBaseNothingCanBeRestored) {
  ShipRig rig;
  rig.AddNotes(10);
  auto shipper = rig.Ship();
  shipper->MakeBase();
  try {
    rig.Restore({std::nullopt, 1});
    FAIL() << "something was restored";
  } catch (const Problem& problem) {
    EXPECT_EQ(problem.kind(), ProblemKind::kNotFound);
    EXPECT_NE(std::string(problem.told()).find("the oldest state"), std::string::npos);
  }
}

TEST(RestoreTest, ARestoredDatabaseBeginsAnotherGeneration) {
  ShipRig rig;
  auto shipper = rig.Ship();
  shipper->MakeBase();
  const auto restored = rig.Restore({});
  EXPECT_NE(rig.MetaOf(restored.folder, "generation"), rig.identity().generation);
  EXPECT_NE(rig.MetaOf(restored.folder, "restored_from").find(rig.identity().generation),
            std::string::npos);
}

}  // namespace
}  // namespace outpost::backup
