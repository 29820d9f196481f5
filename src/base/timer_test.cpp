#include "base/timer.h"

#include <gtest/gtest.h>

#include <future>
#include <set>
#include <stdexcept>

#include "base/clock.h"

namespace outpost {
namespace {

constexpr std::int64_t kTomorrow = 86'400'000'000;

std::int64_t In(std::int64_t micros) { return SteadyMicros() + micros; }

TEST(Timer, RunsThingsInTheOrderOfTheirTimesAndNotBefore) {
  Timer timer(10);
  std::mutex mutex;
  std::vector<int> order;
  std::promise<void> done;
  const auto note = [&](int number, bool is_last) {
    const std::lock_guard lock(mutex);
    order.push_back(number);
    if (is_last) done.set_value();
  };
  const auto started = SteadyMicros();
  EXPECT_TRUE(timer.RunAt(In(40'000), [&] { note(2, true); }));
  EXPECT_TRUE(timer.RunAt(In(10'000), [&] { note(1, false); }));
  done.get_future().wait();
  EXPECT_GE(SteadyMicros() - started, 40'000);
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
}

TEST(Timer, RefusesWhatIsTooManyAndDropsWhatWaitsWhenItCloses) {
  Timer timer(2);
  std::multiset<int> dropped;
  const auto wait = [&](int number) {
    return timer.RunAt(
        In(kTomorrow), [] { ADD_FAILURE(); }, [&, number] { dropped.insert(number); });
  };
  EXPECT_TRUE(wait(1));
  EXPECT_TRUE(wait(2));
  EXPECT_FALSE(wait(3));
  EXPECT_TRUE(dropped.empty());
  timer.Close();
  EXPECT_EQ(dropped, (std::multiset<int>{1, 2}));
  EXPECT_FALSE(wait(4));
  EXPECT_EQ(dropped.size(), 2u);
}

TEST(Timer, OutlivesWhatThrows) {
  Timer timer(10);
  std::promise<void> done;
  timer.RunAt(In(0), [] { throw std::runtime_error("no"); });
  timer.RunAt(In(1'000), [&] { done.set_value(); });
  EXPECT_EQ(done.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
}

TEST(Timer, WithTwoThreadsGoesOnBesideWhatTakesLong) {
  Timer timer(10, 2);
  std::promise<void> release, done;
  timer.RunAt(In(0), [&] { release.get_future().wait(); });
  timer.RunAt(In(1'000), [&] { done.set_value(); });
  EXPECT_EQ(done.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
  release.set_value();
}

}  // namespace
}  // namespace outpost
