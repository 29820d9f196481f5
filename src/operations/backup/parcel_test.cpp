#include "operations/backup/parcel.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <random>
#include <string>

#include "base/problem.h"
#include "operations/backup/keys.h"
#include "operations/backup/layout.h"
#include "store/sql/testing/scratch_folder.h"

namespace outpost::backup {
namespace {

ParcelHead SomeHead() {
  ParcelHead head;
  head.kind = ParcelKind::kLog;
  head.series = {1, 2, 3};
  head.database = {9};
  head.number = 12;
  head.first_seq = 100;
  head.last_seq = 120;
  head.first_at = {1'000};
  head.last_at = {2'000};
  head.previous = {7};
  return head;
}

std::string Complaint(const BackupKey& key, std::string_view bytes) {
  try {
    OpenParcel(key, bytes);
    return {};
  } catch (const Problem& problem) {
    EXPECT_EQ(problem.kind(), ProblemKind::kUnprocessable);
    return problem.told();
  }
}

TEST(ParcelTest, WhatWasSealedIsOpenedWithItsHead) {
  const auto key = NewBackupKey();
  const std::string body = std::string(10'000, 'a') + "end";
  const auto parcel = SealParcel(key, SomeHead(), body);
  EXPECT_LT(parcel.bytes.size(), 1'000U);
  ReadParcel read;
  EXPECT_EQ(OpenParcel(key, parcel.bytes, &read), body);
  EXPECT_EQ(read.check, parcel.check);
  EXPECT_EQ(read.head.kind, ParcelKind::kLog);
  EXPECT_EQ(read.head.series, SomeHead().series);
  EXPECT_EQ(read.head.database, SomeHead().database);
  EXPECT_EQ(read.head.number, 12);
  EXPECT_EQ(read.head.first_seq, 100);
  EXPECT_EQ(read.head.last_seq, 120);
  EXPECT_EQ(read.head.first_at.micros, 1'000);
  EXPECT_EQ(read.head.last_at.micros, 2'000);
  EXPECT_EQ(read.head.previous, SomeHead().previous);
  EXPECT_EQ(OpenParcel(key, SealParcel(key, SomeHead(), "").bytes), "");
}

TEST(ParcelTest, NoPlainByteIsSeen) {
  const auto key = NewBackupKey();
  EXPECT_EQ(SealParcel(key, SomeHead(), "Amina Okoro").bytes.find("Amina"), std::string::npos);
}

TEST(ParcelTest, EveryFlippedBitIsFound) {
  const auto key = NewBackupKey();
  const auto whole = SealParcel(key, SomeHead(), "forms of a day").bytes;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      auto damaged = whole;
      damaged[i] = static_cast<char>(damaged[i] ^ (1 << bit));
      EXPECT_THROW(CheckParcel(key, damaged), Problem) << "byte " << i << " bit " << bit;
    }
  }
}

TEST(ParcelTest, ACutOrLengthenedParcelIsRefused) {
  const auto key = NewBackupKey();
  const auto whole = SealParcel(key, SomeHead(), "forms of a day").bytes;
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_THROW(CheckParcel(key, std::string_view(whole).substr(0, length)), Problem) << length;
  }
  EXPECT_THROW(CheckParcel(key, whole + "x"), Problem);
}

TEST(ParcelTest, AnotherKeyOpensNothingAndSaysSo) {
  const auto parcel = SealParcel(NewBackupKey(), SomeHead(), "forms");
  EXPECT_NE(Complaint(NewBackupKey(), parcel.bytes).find("another key"), std::string::npos);
}

TEST(ParcelTest, WhoOnlyWritesCanVerifyButNotRead) {
  auto key = NewBackupKey();
  const auto whole = key;
  key.open.clear();
  const auto parcel = SealParcel(key, SomeHead(), "forms");
  EXPECT_NO_THROW(CheckParcel(key, parcel.bytes));
  EXPECT_NE(Complaint(key, parcel.bytes).find("only write"), std::string::npos);
  EXPECT_EQ(OpenParcel(whole, parcel.bytes), "forms");
}

TEST(ParcelTest, ABodyHasAtMostSixtyFourMebibytes) {
  const auto key = NewBackupKey();
  const std::string body(static_cast<std::size_t>(kPlainBytesMax), 'x');
  EXPECT_EQ(OpenParcel(key, SealParcel(key, SomeHead(), body).bytes).size(), body.size());
  EXPECT_DEATH(SealParcel(key, SomeHead(), body + "x"), "kPlainBytesMax");
}

TEST(BackupKeyTest, AKeyIsWrittenAndReadAsText) {
  const auto key = NewBackupKey();
  const auto read = ParseBackupKey(TextOf(key));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->check, key.check);
  EXPECT_EQ(read->seal, key.seal);
  EXPECT_EQ(read->open, key.open);
}

TEST(BackupKeyTest, WithoutTheLineOpenItCannotOpen) {
  auto key = NewBackupKey();
  key.open.clear();
  const auto read = ParseBackupKey(TextOf(key));
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->can_open());
}

TEST(BackupKeyTest, WhatIsNoKeyIsRefused) {
  const std::string part(64, 'a');
  for (const auto& text : {std::string(), "check " + part + "\n", "check " + part + "\nseal abc\n",
                           "check " + part + "\nseal " + part + "\ncheck " + part + "\n",
                           "check " + part + "\nseal " + part + "\nshut " + part + "\n"}) {
    EXPECT_FALSE(ParseBackupKey(text)) << text;
  }
}

TEST(BackupKeyTest, AKeyFileIsMadeOnceAndRefusedWhenOthersCanReadIt) {
  const sql_testing::ScratchFolder folder;
  const auto file = folder.path() / "backup.key";
  EXPECT_THROW(LoadBackupKey(file), Problem);
  bool is_new = false;
  const auto made = LoadOrMakeBackupKey(file, &is_new);
  EXPECT_TRUE(is_new);
  EXPECT_EQ(LoadOrMakeBackupKey(file, &is_new).open, made.open);
  EXPECT_FALSE(is_new);
  ASSERT_EQ(::chmod(file.c_str(), 0644), 0);
  EXPECT_THROW(LoadBackupKey(file), Problem);
}

TEST(LayoutTest, NamesSayWhatIsInThem) {
  const LogName log{{1, 2, 3, 4, 5, 6, 7, 8}, 12'345, 678, {1'700'000'000'000'001}};
  const auto read = ParseLogName(NameOf(log));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->series, log.series);
  EXPECT_EQ(read->number, 12'345);
  EXPECT_EQ(read->last_seq, 678);
  EXPECT_EQ(read->last_at, log.last_at);
  EXPECT_EQ(ParseBaseName(BaseName(log.series)), log.series);
  EXPECT_FALSE(ParseBaseName(BasePartName(log.series, 0)));
  EXPECT_FALSE(ParseLogName("log/0102/000000/1-2-3.log"));
  EXPECT_FALSE(ParseLogName("log/0102030405060708/000000/1-2.log"));
  const std::string id = "b-" + std::string(64, 'c');
  EXPECT_EQ(BlobIdOf(FileName(id)), id);
}

}  // namespace
}  // namespace outpost::backup
