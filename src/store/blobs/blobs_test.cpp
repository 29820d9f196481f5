#include "store/blobs/blobs.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <string>

#include "base/problem.h"
#include "store/sql/testing/scratch_database.h"
#include "store/sql/testing/store_rig.h"

namespace outpost::blobs {
namespace {

using sql_testing::ScratchDatabase;
using sql_testing::StoreRig;

std::string SomeBytes(std::size_t length, unsigned char salt = 1) {
  std::string bytes(length, '\0');
  unsigned int state = salt;
  for (auto& byte : bytes) {
    state = state * 1'103'515'245U + 12'345U;
    byte = static_cast<char>(state >> 16);
  }
  return bytes;
}

class BlobStoreTest : public testing::TestWithParam<sql::Engine> {
 protected:
  void SetUp() override {
    if (!place_.is_available()) GTEST_SKIP() << "no PostgreSQL on this machine";
    rig_ = std::make_unique<StoreRig>(sql::DatabaseOptions{place_.location()});
    store_ = std::make_unique<BlobStore>(folder());
  }

  std::filesystem::path folder() const { return place_.folder() / "blobs"; }
  void Keep(const Prepared& blob) {
    rig_->writer->Run(1, [&](sql::Batch& batch) { store_->Keep(batch, blob); });
  }
  std::string Read(std::string_view id) { return store_->Read(*rig_->database->Read(), id); }
  int RemoveUnreferenced() { return store_->RemoveUnreferenced(*rig_->database->Read()); }

  std::vector<std::filesystem::path> Files() const {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder())) {
      if (entry.is_regular_file() && entry.path().filename() != ".lock") {
        files.push_back(entry.path());
      }
    }
    return files;
  }
  void MakeOld() const {
    for (const auto& file : Files()) {
      std::filesystem::last_write_time(
          file, std::filesystem::file_time_type::clock::now() - std::chrono::hours(2));
    }
  }

  ScratchDatabase place_{GetParam()};
  std::unique_ptr<StoreRig> rig_;
  std::unique_ptr<BlobStore> store_;
};

TEST_P(BlobStoreTest, BytesComeBackExactlyAtEverySize) {
  for (const std::size_t length :
       {std::size_t{0}, std::size_t{1}, kInDatabaseBytesMax - 1, kInDatabaseBytesMax,
        kInDatabaseBytesMax + 1, std::size_t{64 * 1024}, std::size_t{200'001}}) {
    const auto bytes = SomeBytes(length);
    const auto blob = store_->Prepare(bytes);
    EXPECT_EQ(blob.length, static_cast<std::int64_t>(length));
    Keep(blob);
    EXPECT_TRUE(Read(blob.id) == bytes) << length;
  }
}

TEST_P(BlobStoreTest, TheLimitDecidesBetweenDatabaseAndFile) {
  Keep(store_->Prepare(SomeBytes(kInDatabaseBytesMax)));
  EXPECT_TRUE(Files().empty());
  const auto large = store_->Prepare(SomeBytes(kInDatabaseBytesMax + 1));
  Keep(large);
  ASSERT_EQ(Files().size(), 1U);
  EXPECT_EQ(Files()[0], folder() / large.id.substr(2, 2) / large.id.substr(4, 2) / large.id);
  const auto opened = store_->Open(*rig_->database->Read(), large.id);
  EXPECT_GE(opened.file, 0);
  ::close(opened.file);
}

TEST_P(BlobStoreTest, APartOfAFileIsTheSameBlobAsItsBytesInMemory) {
  const auto bytes = SomeBytes(150'000);
  const auto path = place_.folder() / "upload";
  std::ofstream(path, std::ios::binary) << "head" << bytes << "tail";
  const int file = ::open(path.c_str(), O_RDONLY);
  const auto from_file = store_->Prepare(file, 4, 150'000);
  EXPECT_EQ(from_file.id, store_->Prepare(bytes).id);
  const auto small = store_->Prepare(file, 4, 100);
  EXPECT_EQ(small.small_bytes, bytes.substr(0, 100));
  EXPECT_THROW(store_->Prepare(file, 4, 150'005), Problem);
  ::close(file);
  Keep(from_file);
  EXPECT_TRUE(Read(from_file.id) == bytes);
  EXPECT_EQ(Files().size(), 1U) << "nothing temporary is left";
}

TEST_P(BlobStoreTest, TheSameBytesAreStoredOnce) {
  for (const std::size_t length : {std::size_t{100}, std::size_t{100'000}}) {
    const auto first = store_->Prepare(SomeBytes(length));
    Keep(first);
    const auto second = store_->Prepare(SomeBytes(length));
    Keep(second);
    EXPECT_EQ(first.id, second.id);
  }
  EXPECT_EQ(rig_->Number("SELECT COUNT(*) FROM blobs"), 2);
  EXPECT_EQ(Files().size(), 1U);
}

TEST_P(BlobStoreTest, LeftoversAreRemovedAndNothingElse) {
  const auto kept = store_->Prepare(SomeBytes(100'000, 1));
  Keep(kept);
  store_->Prepare(SomeBytes(100'000, 2));
  std::ofstream(folder() / "new-0123") << "of a crash";
  EXPECT_EQ(RemoveUnreferenced(), 0) << "young files may still be named";
  MakeOld();
  const auto wanted_again = store_->Prepare(SomeBytes(100'000, 2));
  EXPECT_EQ(RemoveUnreferenced(), 1) << "only the temporary file: the other is young again";
  Keep(wanted_again);
  MakeOld();
  EXPECT_EQ(RemoveUnreferenced(), 0);
  store_->Prepare(SomeBytes(100'000, 3));
  MakeOld();
  EXPECT_EQ(RemoveUnreferenced(), 1);
  EXPECT_EQ(Files().size(), 2U);
  EXPECT_EQ(Read(kept.id).size(), 100'000U);
}

TEST_P(BlobStoreTest, AnIdThatNobodyGaveIsNotFound) {
  for (const auto& id : {std::string(), std::string("../../etc/passwd"), std::string("b-12"),
                         "b-" + std::string(64, '0'), "b-" + std::string(64, '/')}) {
    try {
      Read(id);
      FAIL() << id;
    } catch (const Problem& problem) {
      EXPECT_EQ(problem.kind(), ProblemKind::kNotFound) << id;
    }
  }
}

TEST_P(BlobStoreTest, AFileThatWasCutIsNotServed) {
  const auto blob = store_->Prepare(SomeBytes(100'000));
  Keep(blob);
  std::filesystem::resize_file(Files()[0], 99'999);
  EXPECT_THROW(Read(blob.id), Problem);
}

INSTANTIATE_TEST_SUITE_P(Engines, BlobStoreTest,
                         testing::Values(sql::Engine::kSqlite, sql::Engine::kPostgresql),
                         [](const auto& test) { return sql_testing::NameOf(test.param); });

}  // namespace
}  // namespace outpost::blobs
