#include "operations/backup/drill.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/problem.h"
#include "domain/sync/restore.h"
#include "operations/backup/layout.h"
#include "operations/backup/proof.h"
#include "operations/backup/retention.h"
#include "operations/backup/testing/ship_rig.h"

namespace outpost::backup {
namespace {

namespace fs = std::filesystem;
using testing::ShipRig;

constexpr int kDamages = 50;

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
void WriteFile(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

/// A whole backup: two bases, segments, blobs, settings, a proof.
class DrillTest : public ::testing::Test {
 protected:
  void SetUp() override {
    rig_.AddNotes(20);
    rig_.KeepBlob(std::string(30'000, 'a'));
    shipper_ = rig_.Ship();
    shipper_->MakeBase();
    for (int i = 0; i < 6; ++i) {
      rig_.AddNotes(3);
      if (i % 2 == 0) rig_.KeepBlob(std::string(30'000, static_cast<char>('b' + i)));
      ASSERT_TRUE(shipper_->Flush(30));
    }
    shipper_->MakeBase();
    Prove();
    rig_.AddNotes(3);
    ASSERT_TRUE(shipper_->Flush(30));
    const auto end = SentTo(rig_.paths(), rig_.place().string());
    ASSERT_TRUE(end);
    expected_ = *end;
  }

  void Prove() {
    const blobs::BlobStore blobs(rig_.paths().blobs());
    sync::Restorer restorer(rig_.database(), rig_.writer(), rig_.clock, rig_.data());
    const auto proof = MakeProof(rig_.database(), rig_.writer(), blobs, restorer);
    shipper_->PutProof(proof);
    proof_seq_ = proof.seq;
  }

  DrillRecord HoldAt(const fs::path& place, const BackupKey& key) {
    DrillOptions options;
    options.scratch = scratch_.path() / "drill";
    options.expected = expected_;
    options.expected_proof = proof_seq_;
    return HoldDrill(*OpenDestination(place.string(), Opening::kRead), key, options, rig_.clock);
  }

  std::vector<fs::path> FilesOf(const fs::path& place) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(place)) {
      if (entry.is_regular_file() && entry.path().filename() != "OUTPOST-BACKUP.txt") {
        files.push_back(entry.path());
      }
    }
    std::sort(files.begin(), files.end());
    return files;
  }

  ShipRig rig_;
  sql_testing::ScratchFolder scratch_;
  std::unique_ptr<Shipper> shipper_;
  ExpectedEnd expected_;
  std::int64_t proof_seq_ = 0;
};

TEST_F(DrillTest, AWholeBackupIsProven) {
  const auto record = HoldAt(rig_.place(), rig_.key());
  EXPECT_TRUE(record.damages.empty()) << record.damages.front();
  EXPECT_EQ(record.seq, rig_.seq());
  EXPECT_EQ(record.proof_seq, proof_seq_);
  EXPECT_EQ(record.files, 4);
  EXPECT_FALSE(fs::exists(scratch_.path() / "drill"));
  const auto read = DrillRecordOf(JsonOf(record));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->seq, record.seq);
}

TEST_F(DrillTest, FiftyOfFiftyDamagesAreFound) {
  std::mt19937 random(7);
  const auto draw = [&](std::size_t below) {
    return std::uniform_int_distribution<std::size_t>(0, below - 1)(random);
  };
  for (int i = 0; i < kDamages; ++i) {
    const auto place = scratch_.path() / ("damaged-" + std::to_string(i));
    fs::copy(rig_.place(), place, fs::copy_options::recursive);
    const auto files = FilesOf(place);
    const auto victim = files[draw(files.size())];
    auto bytes = ReadFile(victim);
    auto key = rig_.key();
    std::string what = fs::relative(victim, place).string();
    switch (i % 6) {
      case 0:
      case 1: {
        const auto at = draw(bytes.size());
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << draw(8)));
        WriteFile(victim, bytes);
        what += ": a bit flipped at byte " + std::to_string(at);
        break;
      }
      case 2:
        fs::remove(victim);
        what += ": removed";
        break;
      case 3:
        WriteFile(victim, bytes.substr(0, draw(bytes.size())));
        what += ": cut";
        break;
      case 4: {
        auto other = files[draw(files.size())];
        while (other == victim) other = files[draw(files.size())];
        const auto theirs = ReadFile(other);
        WriteFile(victim, theirs);
        WriteFile(other, bytes);
        what += ": swapped with " + fs::relative(other, place).string();
        break;
      }
      default:
        key = NewBackupKey();
        what = "another key";
    }
    EXPECT_FALSE(HoldAt(place, key).damages.empty()) << i << ": not found: " << what;
    fs::remove_all(place);
  }
}

TEST_F(DrillTest, ACutOffEndIsFoundAgainstWhatTheServerHasSent) {
  const auto segments = OpenDestination(rig_.place().string(), Opening::kRead)->List("log");
  fs::remove(rig_.place() / segments.back().name);
  EXPECT_FALSE(HoldAt(rig_.place(), rig_.key()).damages.empty());
}

TEST_F(DrillTest, ADatabaseThatWasShippedFalselyIsFoundByTheProof) {
  const blobs::BlobStore blobs(rig_.paths().blobs());
  sync::Restorer restorer(rig_.database(), rig_.writer(), rig_.clock, rig_.data());
  auto proof = MakeProof(rig_.database(), rig_.writer(), blobs, restorer);
  rig_.AddNotes(1);
  ASSERT_TRUE(shipper_->Flush(30));
  ASSERT_FALSE(proof.counts.empty());
  ++proof.counts.front().rows;
  shipper_->PutProof(proof);
  expected_ = *SentTo(rig_.paths(), rig_.place().string());
  const auto record = HoldAt(rig_.place(), rig_.key());
  ASSERT_EQ(record.damages.size(), 1U);
  EXPECT_NE(record.damages.front().find("rows instead of"), std::string::npos);
}

TEST_F(DrillTest, WhoCannotOpenHoldsNoDrill) {
  auto key = rig_.key();
  key.open.clear();
  EXPECT_THROW(HoldAt(rig_.place(), key), Problem);
}

TEST_F(DrillTest, OnlyWhatIsPastItsTimeGoesAndOnlyAfterADrill) {
  const auto destination = OpenDestination(rig_.place().string(), Opening::kWrite);
  const auto later = rig_.clock.Now() + 40 * kMicrosPerDay;
  EXPECT_EQ(RetireOld(*destination, rig_.key(), 35, later, {}).bases, 0);
  SaveDrill(rig_.data(), HoldAt(rig_.place(), rig_.key()));
  const auto drills = LoadDrills(rig_.data());
  ASSERT_TRUE(drills.last_good);
  EXPECT_EQ(RetireOld(*destination, rig_.key(), 41, later, drills).bases, 0);
  EXPECT_EQ(RetireOld(*destination, rig_.key(), 35, later, drills).bases, 1);
  EXPECT_TRUE(HoldAt(rig_.place(), rig_.key()).damages.empty());
}

}  // namespace
}  // namespace outpost::backup
