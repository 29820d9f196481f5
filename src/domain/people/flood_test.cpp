#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <future>
#include <mutex>
#include <thread>

#include "base/text.h"
#include "crypto/passwords.h"
#include "domain/people/authenticator.h"
#include "domain/people/testing/people_world.h"

/// Two hundred wrong passwords a second do not slow right ones: real threads, real hashes.
namespace outpost::people {
namespace {

constexpr int kWrongPerSecond = 200;
constexpr int kRightPerSecond = 500;
constexpr auto kFloodTime = std::chrono::seconds(3);
constexpr Allowed kBasicOnly{true};

http::Request Basic(const std::string& address, const std::string& name,
                    const std::string& password) {
  http::Request request;
  request.remote_address = address;
  request.headers.Add("Authorization", "Basic " + Base64Of(name + ":" + password));
  return request;
}

class Flood : public testing::Test {
 protected:
  Flood() : world_(scratch_), demo_(world_.AddProject("demo")) {
    const auto hash = crypto::HashPassword("secret");
    for (int i = 0; i < kWorkers; ++i) {
      world_.AddWorker(demo_, "worker" + std::to_string(i), hash);
    }
    world_.AddWorker(demo_, "newcomer", hash);
  }

  Verdict Identify(const http::Request& request) {
    std::promise<Verdict> said;
    authenticator_.Identify(request, &demo_, kBasicOnly,
                            [&](const SignedIn& answer) { said.set_value(answer.verdict); });
    return said.get_future().get();
  }

  /// Microseconds of right requests at a steady rate, in order.
  std::vector<std::int64_t> MeasureRight() {
    std::vector<std::int64_t> micros;
    const auto end = std::chrono::steady_clock::now() + kFloodTime;
    auto next = std::chrono::steady_clock::now();
    for (int i = 0; next < end; ++i) {
      std::this_thread::sleep_until(next);
      next += std::chrono::microseconds(1'000'000 / kRightPerSecond);
      const auto request = Basic("10.0.0.1", "worker" + std::to_string(i % kWorkers), "secret");
      const auto started = SteadyMicros();
      EXPECT_EQ(Identify(request), Verdict::kRight);
      micros.push_back(SteadyMicros() - started);
    }
    std::sort(micros.begin(), micros.end());
    return micros;
  }

  /// Sends wrong passwords at the rate, without waiting for answers, until told to stop.
  void SendWrong() {
    auto next = std::chrono::steady_clock::now();
    for (int i = 0; !is_over_; ++i) {
      std::this_thread::sleep_until(next);
      next += std::chrono::microseconds(1'000'000 / kWrongPerSecond);
      const auto number = std::to_string(i);
      // Every third name exists; the addresses are many, so that no pause stops the flood.
      const auto name = (i % 3 == 0 ? "worker" : "nobody") + std::to_string(i % kWorkers);
      const auto request = Basic("203.0.113." + std::to_string(i % 50), name, "guess" + number);
      authenticator_.Identify(request, &demo_, kBasicOnly, [this](const SignedIn& answer) {
        EXPECT_TRUE(answer.verdict == Verdict::kWrong || answer.verdict == Verdict::kBusy);
        ++(answer.verdict == Verdict::kWrong ? wrong_ : busy_);
      });
      ++sent_;
    }
  }

  static constexpr int kWorkers = 20;
  static constexpr const char* kFloodAddress = "203.0.113.1";
  SystemClock clock_;
  sql_testing::ScratchDatabase scratch_{sql::Engine::kSqlite};
  people_testing::PeopleWorld world_;
  projects::Project demo_;
  std::atomic<bool> is_over_{false};
  std::atomic<int> sent_{0}, wrong_{0}, busy_{0};
  Authenticator authenticator_{*world_.database, world_.writer, world_.key, clock_, world_.metrics};
};

TEST_F(Flood, TwoHundredWrongPasswordsASecondDoNotSlowRightOnes) {
  for (int i = 0; i < kWorkers; ++i) {
    ASSERT_EQ(Identify(Basic("10.0.0.1", "worker" + std::to_string(i), "secret")), Verdict::kRight);
  }
  const auto calm = MeasureRight();
  std::thread flood([this] { SendWrong(); });
  const auto flooded = MeasureRight();
  const auto started = SteadyMicros();
  const auto newcomer = Identify(Basic("10.0.0.2", "newcomer", "secret"));
  const auto newcomer_micros = SteadyMicros() - started;
  is_over_ = true;
  flood.join();
  authenticator_.Stop();

  const auto p99 = [](const std::vector<std::int64_t>& all) { return all[all.size() * 99 / 100]; };
  std::printf(
      "right ones, p50 / p99 / max us: calm %lld / %lld / %lld, flooded %lld / %lld / %lld\n",
      static_cast<long long>(calm[calm.size() / 2]), static_cast<long long>(p99(calm)),
      static_cast<long long>(calm.back()), static_cast<long long>(flooded[flooded.size() / 2]),
      static_cast<long long>(p99(flooded)), static_cast<long long>(flooded.back()));
  std::printf("wrong ones: %d sent, %d hashed, %d told to wait; a new right one took %lld us\n",
              sent_.load(), wrong_.load(), busy_.load(), static_cast<long long>(newcomer_micros));
  EXPECT_EQ(newcomer, Verdict::kRight) << "a first sign-in from elsewhere gets its turn";
  EXPECT_EQ(sent_, wrong_ + busy_) << "everybody is answered exactly once";
  EXPECT_GT(busy_, 0) << "more than the pool can hash";
  EXPECT_GT(wrong_, 0);
  EXPECT_GE(sent_, 500);
  // Generous, as the machine may be busy with other tests: behind the queue it would be 64 hashes.
  EXPECT_LT(p99(flooded), std::max<std::int64_t>(2 * p99(calm), 20'000));
}

TEST_F(Flood, ANewcomerAtTheAddressOfAFloodIsLetIn) {
  // Every guess is another one; names that exist and names that do not; all from one address.
  std::atomic<int> answered{0};
  const int sent = 3 * kFreeFailuresPerAddress;
  for (int i = 0; i < sent; ++i) {
    const auto name = (i % 2 == 0 ? "worker" : "nobody") + std::to_string(i % kWorkers);
    authenticator_.Identify(Basic(kFloodAddress, name, "guess" + std::to_string(i)), &demo_,
                            kBasicOnly, [&](const SignedIn& answer) {
                              EXPECT_NE(answer.verdict, Verdict::kRight);
                              ++answered;
                            });
  }
  EXPECT_EQ(Identify(Basic(kFloodAddress, "newcomer", "secret")), Verdict::kRight);
  while (answered < sent) std::this_thread::yield();
}

TEST_F(Flood, AtASuspectAddressAnAccountHasFewerFreeFailures) {
  for (int i = 0; i <= kFreeFailuresPerAddress; ++i) {
    const auto name = "nobody" + std::to_string(i);
    ASSERT_EQ(Identify(Basic(kFloodAddress, name, "guess")), Verdict::kWrong) << i;
  }
  const auto tries_before_the_pause = [this](const std::string& address, const std::string& name) {
    for (int tries = 0;; ++tries) {
      const auto verdict = Identify(Basic(address, name, "guess" + std::to_string(tries)));
      if (verdict == Verdict::kBusy || tries > kFreeFailuresPerAccount) return tries;
    }
  };
  EXPECT_EQ(tries_before_the_pause(kFloodAddress, "worker0"), kFreeFailuresAtSuspectAddress + 1);
  EXPECT_EQ(tries_before_the_pause("10.0.0.3", "worker1"), kFreeFailuresPerAccount + 1);
}

TEST_F(Flood, ANameThatDoesNotExistIsRefusedAsSlowlyAsAWrongPasswordWithoutHashing) {
  const auto time_of = [this](const std::string& name) {
    const auto started = SteadyMicros();
    EXPECT_EQ(Identify(Basic("10.0.0.1", name, "guess")), Verdict::kWrong);
    return SteadyMicros() - started;
  };
  const auto wrong_micros = time_of("worker0");
  for (int i = 0; i < 5; ++i) {
    EXPECT_GE(time_of("nobody" + std::to_string(i)), wrong_micros / 2);
  }
  EXPECT_EQ(world_.metrics.HistogramOf("outpost.auth.hashing.seconds").count(), 1U);
}

TEST_F(Flood, ManyConnectionsOfOnePhoneCostOneHash) {
  std::atomic<int> right{0};
  for (int i = 0; i < 30; ++i) {
    authenticator_.Identify(
        Basic("10.0.0.2", "newcomer", "secret"), &demo_, kBasicOnly,
        [&](const SignedIn& answer) { right += answer.verdict == Verdict::kRight ? 1 : 0; });
  }
  while (right < 30) std::this_thread::yield();
  EXPECT_EQ(world_.metrics.HistogramOf("outpost.auth.hashing.seconds").count(), 1U);
}

}  // namespace
}  // namespace outpost::people
