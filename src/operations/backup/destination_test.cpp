#include "operations/backup/destination.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "base/problem.h"
#include "operations/backup/testing/remote_places.h"
#include "store/sql/testing/scratch_folder.h"

namespace outpost::backup {
namespace {

namespace fs = std::filesystem;

/// What every kind of place promises.
class DestinationTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    place_ = testing::MakeRemotePlace(GetParam(), scratch_.path());
    if (const auto why = place_->missing(); !why.empty()) GTEST_SKIP() << why;
  }
  std::unique_ptr<Destination> Open(Opening opening) {
    return OpenDestination(place_->where(), opening);
  }
  static ProblemKind KindOf(const std::function<void()>& action) {
    try {
      action();
    } catch (const Problem& problem) {
      EXPECT_EQ(std::string(problem.told()).find(testing::kRemoteSecret), std::string::npos);
      return problem.kind();
    }
    ADD_FAILURE() << "nothing was wrong";
    return ProblemKind::kInternal;
  }

  sql_testing::ScratchFolder scratch_;
  std::unique_ptr<testing::RemotePlace> place_;
};

TEST_P(DestinationTest, WhatIsPutIsListedGotAndRemoved) {
  const auto made = Open(Opening::kMake);
  const std::string large(9'000'000, '\xe7');
  made->Put("log/5f/000000/1-2-3.log", large);
  made->Put("log/5f/000000/2-3-4.log", "two");
  made->Put("base/aa/base", "");
  made->Put("base/aa/base", "replaced");
  EXPECT_EQ(made->Get("log/5f/000000/1-2-3.log"), large);
  EXPECT_EQ(made->Get("base/aa/base"), "replaced");
  EXPECT_TRUE(made->Has("base/aa/base"));
  EXPECT_FALSE(made->Has("base/aa"));
  EXPECT_FALSE(made->Has("base/ab/base"));
  const auto all = made->List("");
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].name, "base/aa/base");
  EXPECT_EQ(all[0].bytes, 8);
  EXPECT_EQ(all[1].name, "log/5f/000000/1-2-3.log");
  EXPECT_EQ(all[1].bytes, 9'000'000);
  EXPECT_EQ(made->List("log").size(), 2U);
  EXPECT_EQ(made->List("lo").size(), 0U);
  EXPECT_EQ(made->List("nothing").size(), 0U);
  made->Remove("log/5f/000000/1-2-3.log");
  made->Remove("log/5f/000000/1-2-3.log");
  made->Remove("not/there");
  EXPECT_EQ(made->List("log").size(), 1U);
  EXPECT_EQ(KindOf([&] { made->Get("log/5f/000000/1-2-3.log"); }), ProblemKind::kNotFound);
}

TEST_P(DestinationTest, ABackupThatWasThereAndIsNotIsNotBegunAnew) {
  const auto before = Open(Opening::kWrite);
  EXPECT_EQ(KindOf([&] { before->Put("a", "x"); }), ProblemKind::kNotFound);
  Open(Opening::kMake)->Put("a", "x");
  Open(Opening::kWrite)->Put("b", "y");
  EXPECT_EQ(Open(Opening::kRead)->List("").size(), 2U);
}

TEST_P(DestinationTest, WhoComesFirstMakesItAlsoWithoutPuttingAnything) {
  EXPECT_TRUE(Open(Opening::kMake)->List("base").empty());
  Open(Opening::kWrite)->Put("a", "x");
}

TEST_P(DestinationTest, ItsAddressIsTheNormalOneAndGivesTheSamePlace) {
  Open(Opening::kMake)->Put("a", "x");
  const auto where = Open(Opening::kRead)->where();
  EXPECT_EQ(where, NormalPlace(place_->where()));
  EXPECT_EQ(OpenDestination(where, Opening::kRead)->Get("a"), "x");
}

TEST_P(DestinationTest, APlaceThatIsAwayCanBeOpenedAndIsUsedWhenItIsBack) {
  Open(Opening::kMake)->Put("a", "x");
  place_->TakeAway();
  const auto opened = Open(Opening::kWrite);
  EXPECT_EQ(KindOf([&] { opened->Put("b", "y"); }), ProblemKind::kBusy);
  place_->BringBack();
  opened->Put("b", "y");
  EXPECT_EQ(opened->Get("b"), "y");
}

TEST_P(DestinationTest, AConnectionThatIsCutInBetweenIsMadeAnew) {
  const auto made = Open(Opening::kMake);
  const std::string bytes(2'000'000, 'b');
  for (const std::int64_t after : {1'000, 100'000, 1'500'000}) {
    place_->CutNextAfter(after);
    const auto name = "n/" + std::to_string(after);
    made->Put(name, bytes);
    EXPECT_EQ(made->Get(name), bytes);
  }
  for (const auto& object : made->List("")) EXPECT_EQ(object.bytes, 2'000'000) << object.name;
  EXPECT_EQ(made->List("").size(), 3U);
}

TEST_P(DestinationTest, ALimitOfBytesASecondHoldsBothWays) {
  const auto made =
      OpenDestination(place_->where(), Opening::kMake, std::make_shared<Pacer>(400'000));
  made->Put("small", "x");  // connects
  const auto started = std::chrono::steady_clock::now();
  made->Put("a", std::string(200'000, 'x'));
  EXPECT_EQ(made->Get("a").size(), 200'000U);
  // The last piece waits for those before it, not for itself.
  EXPECT_GE(std::chrono::steady_clock::now() - started, std::chrono::milliseconds(800));
}

TEST_P(DestinationTest, WhoStopsWaitsForNothing) {
  const auto made =
      OpenDestination(place_->where(), Opening::kMake, std::make_shared<Pacer>(10'000));
  made->Put("a", "x");
  std::thread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    made->Interrupt();
  });
  const auto started = std::chrono::steady_clock::now();
  EXPECT_EQ(KindOf([&] { made->Put("b", std::string(1'000'000, 'x')); }), ProblemKind::kPaused);
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(10));
  stopper.join();
}

INSTANTIATE_TEST_SUITE_P(Places, DestinationTest, ::testing::ValuesIn(testing::kRemoteKinds),
                         [](const auto& kind) { return std::string(kind.param); });

TEST(S3DestinationTest, KeysInAFileAreReadAsOthersWriteThem) {
  sql_testing::ScratchFolder scratch;
  const auto place = testing::MakeRemotePlace("s3", scratch.path());
  const auto file = scratch.path() / "s3.credentials";
  const auto write = [&](const std::string& text) {
    std::ofstream(file, std::ios::trunc) << text;
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
  };
  const auto put = [&] { OpenDestination(place->where(), Opening::kMake)->Put("a", "x"); };
  const auto told = [&]() -> std::string {
    try {
      put();
    } catch (const Problem& problem) {
      return problem.told();
    }
    return {};
  };
  EXPECT_EQ(told(), "");
  write("[other]\naws_access_key_id = NOBODY\naws_secret_access_key = no\n");
  EXPECT_NE(told().find("has no aws_access_key_id"), std::string::npos);
  write(
      "# keys\n\n[other]\naws_access_key_id=NOBODY\n[default]\n  AWS_ACCESS_KEY_ID = AKIDTEST \n"
      "aws_secret_access_key=" +
      std::string(testing::kRemoteSecret) + "\nregion = x\n");
  EXPECT_EQ(told(), "");
  write("aws_access_key_id = AKIDWRONG\naws_secret_access_key = wrong-secret\n");
  EXPECT_NE(told().find("AKIDWRONG (of " + file.string()), std::string::npos) << told();
  EXPECT_EQ(told().find("wrong-secret"), std::string::npos);
  fs::permissions(file, fs::perms::owner_read | fs::perms::group_read);
  EXPECT_NE(told().find("Others can read"), std::string::npos) << told();
}

/// Such as S3_TEST_PLACE='s3://bucket/prefix?endpoint=http://127.0.0.1:7070' with the keys in the
/// environment. What it puts it removes.
TEST(S3DestinationTest, AServerOfOthersKeepsAndListsWhatIsPut) {
  const char* where = std::getenv("S3_TEST_PLACE");
  if (where == nullptr) GTEST_SKIP() << "S3_TEST_PLACE names no S3-compatible server";
  constexpr int kMoreThanAPage = 1'100;
  const auto made = OpenDestination(where, Opening::kMake);
  for (int i = 0; i < kMoreThanAPage; ++i) {
    made->Put("log/a b+c&d/" + std::to_string(i), std::to_string(i));
  }
  const std::string large(16 << 20, '\x81');
  made->Put("base/large", large);
  EXPECT_EQ(made->Get("base/large"), large);
  EXPECT_TRUE(made->Has("base/large"));
  EXPECT_EQ(made->Get("log/a b+c&d/77"), "77");
  const auto found = OpenDestination(where, Opening::kRead)->List("log");
  EXPECT_EQ(std::ssize(found), kMoreThanAPage);
  for (const auto& object : made->List("")) made->Remove(object.name);
  EXPECT_TRUE(made->List("").empty());
  EXPECT_FALSE(made->Has("base/large"));
}

}  // namespace
}  // namespace outpost::backup
