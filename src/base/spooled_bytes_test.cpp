#include "base/spooled_bytes.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <future>
#include <thread>

#include "base/problem.h"

namespace outpost {
namespace {

TEST(SpooledBytes, StayInMemoryUpToTheLimitAndGoToAFileAboveIt) {
  const std::string full(SpooledBytes::kMemoryBytesMax, 'a');
  SpooledBytes spooled(testing::TempDir());
  spooled.Append(full);
  EXPECT_TRUE(spooled.in_memory());
  spooled.Append("b");
  EXPECT_FALSE(spooled.in_memory());
  spooled.Append("c");
  EXPECT_EQ(spooled.length(), static_cast<std::int64_t>(full.size() + 2));
  EXPECT_EQ(spooled.ReadAll(), full + "bc");
  std::string last(2, ' ');
  EXPECT_EQ(pread(spooled.file(), last.data(), 2, static_cast<off_t>(full.size())), 2);
  EXPECT_EQ(last, "bc");
  EXPECT_EQ(spooled.Look().state, SpooledBytes::State::kWhole);
}

TEST(SpooledBytes, AFolderThatIsNotThereIsSaid) {
  SpooledBytes spooled("/nowhere/at/all");
  spooled.Append("few");
  EXPECT_THROW(spooled.Append(std::string(SpooledBytes::kMemoryBytesMax, 'x')), Problem);
}

TEST(SpooledBytes, SharedOnesAreReadWhileTheyGrow) {
  SpooledBytes spooled(testing::TempDir());
  spooled.Append("a");
  spooled.Share();
  EXPECT_FALSE(spooled.in_memory());
  EXPECT_EQ(spooled.Look().length, 1);
  EXPECT_EQ(spooled.Look().state, SpooledBytes::State::kGrowing);
  int told = 0;
  const auto tell = [&told] { ++told; };
  EXPECT_FALSE(spooled.TellOfMore(0, tell)) << "there is more already";
  EXPECT_TRUE(spooled.TellOfMore(1, tell));
  EXPECT_EQ(told, 0);
  spooled.Append("b");
  spooled.Append("c");
  EXPECT_EQ(told, 1) << "once for each asking";
  EXPECT_EQ(spooled.Look().length, 3);
  EXPECT_TRUE(spooled.TellOfMore(3, tell));
  spooled.End(true);
  EXPECT_EQ(told, 2);
  EXPECT_EQ(spooled.Look().state, SpooledBytes::State::kWhole);
  EXPECT_FALSE(spooled.TellOfMore(3, tell)) << "nothing more comes";
  EXPECT_EQ(spooled.ReadAll(), "abc");
}

TEST(SpooledBytes, WhoWaitsIsToldThatTheRestWillNeverCome) {
  SpooledBytes spooled(testing::TempDir());
  spooled.Share();
  int told = 0;
  EXPECT_TRUE(spooled.TellOfMore(0, [&told] { ++told; }));
  spooled.End(false);
  EXPECT_EQ(told, 1);
  EXPECT_EQ(spooled.Look().state, SpooledBytes::State::kCutOff);
}

TEST(SpooledBytes, ReadersOfOtherThreadsSeeEveryByteThatIsAnnounced) {
  SpooledBytes spooled(testing::TempDir());
  spooled.Share();
  std::thread reader([&spooled] {
    std::int64_t at = 0;
    while (true) {
      const auto growth = spooled.Look();
      std::string piece(static_cast<std::size_t>(growth.length - at), ' ');
      ASSERT_EQ(pread(spooled.file(), piece.data(), piece.size(), at), growth.length - at);
      for (const char byte : piece) ASSERT_EQ(byte, static_cast<char>('a' + at++ % 26));
      if (growth.state == SpooledBytes::State::kWhole) break;
      std::promise<void> more;
      if (spooled.TellOfMore(at, [&more] { more.set_value(); })) more.get_future().wait();
    }
    EXPECT_EQ(at, 26'000);
  });
  for (int i = 0; i < 1'000; ++i) spooled.Append("abcdefghijklmnopqrstuvwxyz");
  spooled.End(true);
  reader.join();
}

}  // namespace
}  // namespace outpost
