#include "operations/standby/standby.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include "base/problem.h"
#include "operations/backup/takeover.h"
#include "operations/backup/testing/ship_rig.h"

namespace outpost::standby {
namespace {

namespace fs = std::filesystem;
using backup::testing::ShipRig;

/// A server that ships, and a standby of it, in this process.
class StandbyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    rig_.makes_bases = true;
    rig_.AddNotes(20);
    rig_.KeepBlob(std::string(30'000, 'a'));
    shipper_ = rig_.Ship();
    ShipRig::AwaitBase(*shipper_);
  }

  fs::path folder() const { return scratch_.path() / "standby"; }
  std::unique_ptr<Standby> Follow() {
    fs::create_directories(folder());
    StandbyOptions options;
    options.where = rig_.place().string();
    options.key_file = rig_.key_file();
    options.paths = {folder()};
    options.pause = std::chrono::milliseconds(20);
    options.quiet = std::chrono::milliseconds(200);
    return std::make_unique<Standby>(options, rig_.clock, metrics_);
  }
  /// Until it has everything that is committed now.
  void AwaitAll(const Standby& standby) {
    ASSERT_TRUE(shipper_->Flush(30));
    const auto seq = rig_.seq();
    for (int i = 0; i < 3'000 && (!standby.Status().is_whole || standby.Status().seq < seq); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ASSERT_EQ(standby.Status().seq, seq) << standby.Status().trouble;
  }
  void ExpectEqual(const Promoted& promoted) {
    EXPECT_EQ(promoted.seq, rig_.seq());
    EXPECT_EQ(promoted.warning, "");
    EXPECT_TRUE(promoted.missing_files.empty());
    EXPECT_EQ(ShipRig::Problems(folder()), "");
    EXPECT_EQ(ShipRig::StateOf(folder()), rig_.State());
  }

  ShipRig rig_;
  MetricRegistry metrics_;
  sql_testing::ScratchFolder scratch_;
  std::unique_ptr<backup::Shipper> shipper_;
};

TEST_F(StandbyTest, WhatIsCommittedArrivesAndAPromotedStandbyHasAllOfIt) {
  auto standby = Follow();
  AwaitAll(*standby);
  for (int i = 0; i < 5; ++i) {
    rig_.AddNotes(30);
    rig_.AddLargeNotes(40);
  }
  rig_.KeepBlob(std::string(30'000, 'b'));
  AwaitAll(*standby);
  rig_.AddNotes(3);  // and what comes last
  ASSERT_TRUE(shipper_->Flush(30));
  const auto promoted = standby->Promote();
  ExpectEqual(promoted);
  EXPECT_EQ(promoted.files, 2);
  EXPECT_FALSE(fs::exists(folder() / "standby.json"));
  EXPECT_NE(ShipRig::MetaOf(folder(), "generation"), rig_.identity().generation);
}

TEST_F(StandbyTest, OneThatWasStoppedGoesOnWhereItWas) {
  {
    auto standby = Follow();
    AwaitAll(*standby);
  }
  rig_.AddNotes(50);
  auto standby = Follow();
  EXPECT_TRUE(standby->Status().is_whole);
  EXPECT_EQ(standby->Status().base_all, 0);
  AwaitAll(*standby);
  EXPECT_EQ(standby->Status().base_all, 0) << "no base is laid again";
  ExpectEqual(standby->Promote());
}

TEST_F(StandbyTest, OneThatWasKilledAppliesTheLastSegmentsAgain) {
  fs::path copy = scratch_.path() / "killed";
  {
    auto standby = Follow();
    AwaitAll(*standby);
    const auto before = folder() / "standby.json";
    fs::create_directories(copy);
    fs::copy_file(before, copy / "standby.json");  // as it is while it runs: behind the file
    rig_.AddNotes(60);
    rig_.AddLargeNotes(60);
    AwaitAll(*standby);
    fs::copy_file(folder() / "standby.db", copy / "standby.db");
  }
  fs::remove_all(folder());
  fs::rename(copy, folder());
  auto standby = Follow();
  AwaitAll(*standby);
  ExpectEqual(standby->Promote());
}

TEST_F(StandbyTest, WhenTheServerBeginsAnotherSeriesANewBaseIsLaid) {
  {
    auto standby = Follow();
    AwaitAll(*standby);
  }
  const auto series = shipper_->Status().series;
  rig_.StopWith(*shipper_);
  shipper_.reset();
  backup::NoteOtherWriter(rig_.paths());
  rig_.Start();
  rig_.AddNotes(5);
  for (const auto& spool : fs::directory_iterator(rig_.paths().root / "shipped")) {
    fs::remove(spool.path() / "state");
  }
  shipper_ = rig_.Ship();
  ShipRig::AwaitBase(*shipper_);
  ASSERT_NE(shipper_->Status().series, series);
  auto standby = Follow();
  rig_.AddNotes(7);
  AwaitAll(*standby);
  ExpectEqual(standby->Promote());
}

TEST_F(StandbyTest, ItGoesOnWithoutTheDestinationAndSaysSo) {
  auto standby = Follow();
  AwaitAll(*standby);
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  rig_.TakeDestinationAway();
  const auto promoted = standby->Promote();
  EXPECT_EQ(promoted.seq, rig_.seq());
  EXPECT_NE(promoted.warning.find("Newer commits may lie there"), std::string::npos);
  EXPECT_EQ(ShipRig::StateOf(folder()), rig_.State());
}

TEST_F(StandbyTest, AnUnmountedDestinationIsNotTakenForOneWithoutNews) {
  auto standby = Follow();
  AwaitAll(*standby);
  rig_.TakeDestinationAway();
  fs::create_directories(rig_.place());  // the bare folder
  for (int i = 0; i < 1'000 && standby->Status().trouble.empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_NE(standby->Status().trouble, "");
  fs::remove(rig_.place());
  rig_.BringDestinationBack();
  rig_.AddNotes(3);
  AwaitAll(*standby);
}

TEST_F(StandbyTest, AStandbyThatHasNothingYetIsNotPromoted) {
  rig_.TakeDestinationAway();
  fs::create_directories(rig_.place());
  EXPECT_THROW(Follow()->Promote(), Problem);
}

TEST_F(StandbyTest, AServersFolderIsNotFollowedInto) {
  fs::create_directories(folder());
  fs::copy_file(rig_.paths().database(), folder() / "outpost.db");
  EXPECT_THROW(Follow(), Problem);
}

TEST_F(StandbyTest, TheServerThatWasReplacedIsTold) {
  auto standby = Follow();
  AwaitAll(*standby);
  EXPECT_FALSE(shipper_->FindTakeover());
  const auto promoted = standby->Promote();
  const auto takeover = shipper_->FindTakeover();
  ASSERT_TRUE(takeover);
  EXPECT_EQ(takeover->seq, promoted.seq);
  rig_.StopWith(*shipper_);
  EXPECT_TRUE(backup::FindTakeoverOf(rig_.paths(), rig_.place().string(), rig_.key()));
}

}  // namespace
}  // namespace outpost::standby
