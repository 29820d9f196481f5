#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <set>

#include "base/clock.h"
#include "domain/people/detail/address_list.h"
#include "domain/people/detail/back_off.h"
#include "domain/people/detail/generation_map.h"
#include "domain/people/detail/hashing_pool.h"

namespace outpost::people::detail {
namespace {

MemoryKey Key(std::uint32_t number) {
  MemoryKey key{};
  std::memcpy(key.data(), &number, sizeof number);
  return key;
}

TEST(GenerationMap, StaysBoundedAndKeepsWhatIsUsed) {
  constexpr std::size_t kMax = 100;
  GenerationMap<int> map(kMax);
  map.Put(Key(7), 70);
  for (std::uint32_t i = 1000; i < 11'000; ++i) {
    map.Put(Key(i), 1);
    if (i % 20 == 0) {
      ASSERT_EQ(map.Find(Key(7)), 70) << i;
    }
    ASSERT_LE(map.size(), kMax + 2);
  }
  EXPECT_EQ(map.Find(Key(1000)), std::nullopt);
  EXPECT_EQ(map.Find(Key(10'999)), 1);
  map.Put(Key(7), 71);
  EXPECT_EQ(map.Find(Key(7)), 71);
  map.Erase(Key(7));
  EXPECT_EQ(map.Find(Key(7)), std::nullopt);
}

TEST(BackOff, PausesGrowUpToTheCapAndFailuresAreForgotten) {
  constexpr std::int64_t kSecond = kMicrosPerSecond;
  BackOff back_off({3, 3, 6 * kSecond, kSecond, 8 * kSecond, 100});
  Instant now{1'700'000'000 * kSecond};
  for (int i = 0; i < 3; ++i) {
    back_off.Fail(Key(1), now);
    EXPECT_EQ(back_off.PauseLeft(Key(1), now), 0) << i;
  }
  for (const std::int64_t seconds : {1, 2, 4, 8, 8, 8}) {
    back_off.Fail(Key(1), now);
    EXPECT_EQ(back_off.PauseLeft(Key(1), now), seconds * kSecond);
  }
  EXPECT_EQ(back_off.PauseLeft(Key(2), now), 0);
  EXPECT_EQ(back_off.PauseLeft(Key(1), now + 3 * kSecond), 5 * kSecond);
  EXPECT_EQ(back_off.PauseLeft(Key(1), now + -3600 * kSecond), 8 * kSecond);
  now = now + 60 * kSecond;
  EXPECT_EQ(back_off.PauseLeft(Key(1), now), 0);
  back_off.Fail(Key(1), now);
  EXPECT_EQ(back_off.PauseLeft(Key(1), now), 0) << "nine of ten were forgotten";
}

TEST(BackOff, SuccessEndsIt) {
  BackOff back_off({0, 0, kMicrosPerSecond, kMicrosPerSecond, kMicrosPerSecond, 100});
  back_off.Fail(Key(1), {0});
  EXPECT_GT(back_off.PauseLeft(Key(1), {0}), 0);
  back_off.Succeed(Key(1));
  EXPECT_EQ(back_off.PauseLeft(Key(1), {0}), 0);
}

TEST(BackOff, KnowsWhoFailedLatelyAndIsStricterWithTheSuspect) {
  BackOff back_off({3, 1, kMicrosPerSecond, kMicrosPerSecond, 60 * kMicrosPerSecond, 100});
  const Instant start{kMicrosPerDay};
  EXPECT_FALSE(back_off.HasFailedWithin(Key(1), start, kMicrosPerDay));
  for (int i = 0; i < 2; ++i) back_off.Fail(Key(1), start);
  EXPECT_EQ(back_off.PauseLeft(Key(1), start), 0);
  EXPECT_EQ(back_off.PauseLeft(Key(1), start, /*is_strict=*/true), kMicrosPerSecond);
  EXPECT_EQ(back_off.CountOf(Key(1), start), 2);
  EXPECT_EQ(back_off.CountOf(Key(1), start + 2 * kMicrosPerSecond), 0);
  EXPECT_TRUE(back_off.HasFailedWithin(Key(1), start + 9, 9));
  EXPECT_FALSE(back_off.HasFailedWithin(Key(1), start + 10, 9));
}

/// A pool of one thread that is held until Release, and what became of each job.
class HashingPoolTest : public testing::Test {
 protected:
  void Hold() {
    pool_.Submit("holder", {[this] {
                              held_.set_value();
                              released_.get_future().wait();
                            },
                            [] {}, "holder"});
    held_.get_future().wait();
  }
  void Release() { released_.set_value(); }
  void Submit(const std::string& address, const std::string& name, bool is_doubtful = false) {
    pool_.Submit(address, {[this, name] { Note(ran_, name); },
                           [this, name] { Note(refused_, name); }, name, is_doubtful});
  }
  void Note(std::vector<std::string>& list, const std::string& name) {
    const std::lock_guard lock(mutex_);
    list.push_back(name);
  }
  std::vector<std::string> Ran() {
    while (pool_.waiting() > 0) std::this_thread::yield();
    std::promise<void> last;
    pool_.Submit("last", {[&] { last.set_value(); }, [] {}, "last"});
    last.get_future().wait();
    const std::lock_guard lock(mutex_);
    return ran_;
  }

  std::mutex mutex_;
  std::vector<std::string> ran_, refused_;
  std::promise<void> held_, released_;
  HashingPool pool_{1, 4};
};

TEST_F(HashingPoolTest, ServesAddressesInTurn) {
  Hold();
  for (const auto* name : {"a1", "a2", "a3"}) Submit("a", name);
  Submit("b", "b1");
  Release();
  EXPECT_EQ(Ran(), (std::vector<std::string>{"a1", "b1", "a2", "a3"}));
  EXPECT_TRUE(refused_.empty());
}

TEST_F(HashingPoolTest, WhenFullTheLongestLaneGivesUpItsNewestPlace) {
  Hold();
  for (const auto* name : {"a1", "a2", "a3", "a4", "a5"}) Submit("a", name);
  EXPECT_EQ(refused_, (std::vector<std::string>{"a5"}));
  Submit("b", "b1");
  Submit("b", "b2");
  EXPECT_EQ(refused_, (std::vector<std::string>{"a5", "a4", "a3"}));
  Submit("b", "b3");
  EXPECT_EQ(refused_.back(), "b3");
  Release();
  EXPECT_EQ(Ran(), (std::vector<std::string>{"a1", "b1", "a2", "b2"}));
}

TEST_F(HashingPoolTest, DoubtfulJobsWaitLongestButNotForEver) {
  Hold();
  Submit("a", "doubtful 1", true);
  Submit("a", "doubtful 2", true);
  Submit("a", "fresh 1");
  Submit("b", "fresh 2");
  EXPECT_EQ(pool_.Ahead(/*is_doubtful=*/false), 3U);
  EXPECT_EQ(pool_.Ahead(/*is_doubtful=*/true), 4U);
  Release();
  EXPECT_EQ(Ran(), (std::vector<std::string>{"fresh 1", "fresh 2", "doubtful 1", "doubtful 2"}));
}

TEST_F(HashingPoolTest, OneJobInFourIsADoubtfulOneThatWaits) {
  Hold();
  Submit("a", "doubtful", true);
  for (const auto* name : {"fresh 2", "fresh 3", "fresh 4"}) Submit("b", name);
  Release();
  EXPECT_EQ(Ran(), (std::vector<std::string>{"fresh 2", "fresh 3", "doubtful", "fresh 4"}))
      << "what held the pool was the first";
}

TEST_F(HashingPoolTest, WhenFullDoubtfulJobsGiveUpTheirPlacesToOthers) {
  Hold();
  for (const auto* name : {"d1", "d2"}) Submit("a", name, true);
  for (const auto* name : {"a1", "a2"}) Submit("a", name);
  Submit("a", "a3");
  Submit("a", "a4");
  EXPECT_EQ(refused_, (std::vector<std::string>{"d2", "d1"}));
  Submit("b", "d3", true);
  Submit("a", "a5");
  EXPECT_EQ(refused_, (std::vector<std::string>{"d2", "d1", "d3", "a5"}));
  Release();
  EXPECT_EQ(Ran(), (std::vector<std::string>{"a1", "a2", "a3", "a4"}));
}

TEST_F(HashingPoolTest, AnAccountThatWaitsAlreadyIsDoubtful) {
  Hold();
  for (int i = 0; i < 4; ++i) Submit("a", "same");
  Submit("a", "other");
  EXPECT_EQ(refused_, (std::vector<std::string>{"same"}));
  Release();
  EXPECT_EQ(Ran(), (std::vector<std::string>{"same", "other", "same", "same"}));
}

TEST_F(HashingPoolTest, StoppingRefusesWhatWaitsAndWhatComesLater) {
  Hold();
  Submit("a", "a1");
  auto stopping = std::async(std::launch::async, [this] { pool_.Stop(); });
  while (pool_.waiting() > 0) std::this_thread::yield();
  Release();
  stopping.wait();
  Submit("a", "a2");
  EXPECT_EQ(std::multiset<std::string>(refused_.begin(), refused_.end()),
            (std::multiset<std::string>{"a1", "a2"}));
  EXPECT_TRUE(ran_.empty());
}

TEST_F(HashingPoolTest, AJobThatThrowsDoesNotEndItsThread) {
  pool_.Submit("a", {[] { throw std::runtime_error("no"); }, [] {}, "a"});
  Submit("a", "a1");
  EXPECT_EQ(Ran(), (std::vector<std::string>{"a1"}));
}

struct AddressCase {
  std::string_view address;
  std::string_view list;
  bool is_in;
};

TEST(AddressList, HoldsAddressesAndNetworksOfBothFamilies) {
  const AddressCase cases[] = {
      {"192.0.2.7", "192.0.2.7", true},
      {"192.0.2.8", "192.0.2.7", false},
      {"192.0.2.8", "10.0.0.0/8 192.0.2.0/24", true},
      {"192.0.3.8", "10.0.0.0/8 192.0.2.0/24", false},
      {"192.0.2.129", "192.0.2.128/25", true},
      {"192.0.2.127", "192.0.2.128/25", false},
      {"::ffff:192.0.2.7", "192.0.2.0/24", true},
      {"2001:db8::1", "2001:db8::/32", true},
      {"2001:db9::1", "2001:db8::/32", false},
      {"2001:db8::1", "0.0.0.0/0", false},
      {"192.0.2.7", "0.0.0.0/0", true},
      {"", "0.0.0.0/0", false},
      {"192.0.2.7", "nonsense 192.0.2.7/33", false},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(IsInAddressList(c.address, c.list), c.is_in) << c.address << " in " << c.list;
  }
  EXPECT_TRUE(IsAddressOrNetwork("2001:db8::/128"));
  EXPECT_FALSE(IsAddressOrNetwork("2001:db8::/129"));
  EXPECT_FALSE(IsAddressOrNetwork("192.0.2.0/"));
  EXPECT_FALSE(IsAddressOrNetwork("example.org"));
}

}  // namespace
}  // namespace outpost::people::detail
