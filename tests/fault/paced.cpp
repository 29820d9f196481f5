#include "fault/paced.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <mutex>
#include <thread>

namespace outpost::tests {
namespace {

using Steady = std::chrono::steady_clock;

std::chrono::microseconds PartOf(const std::vector<std::chrono::microseconds>& sorted,
                                 std::size_t percent) {
  if (sorted.empty()) return {};
  return sorted[std::min(sorted.size() - 1, sorted.size() * percent / 100)];
}

}  // namespace

Latencies RunPaced(int clients, int requests_per_second, std::chrono::milliseconds time,
                   const PacedRequest& request) {
  const auto pause = std::chrono::microseconds(1'000'000 / requests_per_second);
  const auto start = Steady::now();
  const auto total = time / pause;
  std::atomic<std::int64_t> next{0};
  std::atomic<std::int64_t> failed{0};
  std::mutex mutex;
  std::vector<std::chrono::microseconds> all;
  std::vector<std::thread> threads;
  for (int client = 0; client < clients; ++client) {
    threads.emplace_back([&, client] {
      std::vector<std::chrono::microseconds> own;
      for (auto number = next++; number < total; number = next++) {
        const auto due = start + number * pause;
        std::this_thread::sleep_until(due);
        if (!request(client, number)) ++failed;
        own.push_back(std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - due));
      }
      const std::lock_guard lock(mutex);
      all.insert(all.end(), own.begin(), own.end());
    });
  }
  for (auto& thread : threads) thread.join();
  std::sort(all.begin(), all.end());
  Latencies latencies{
      static_cast<std::int64_t>(all.size()), failed, PartOf(all, 50), PartOf(all, 99), {}};
  if (!all.empty()) latencies.most = all.back();
  return latencies;
}

void Print(const std::string& what, const Latencies& latencies) {
  std::printf("%-34s %6lld requests, %lld failed, p50 %6.1f ms, p99 %6.1f ms, most %6.1f ms\n",
              what.c_str(), static_cast<long long>(latencies.count),
              static_cast<long long>(latencies.failed),
              static_cast<double>(latencies.p50.count()) / 1000.0,
              static_cast<double>(latencies.p99.count()) / 1000.0,
              static_cast<double>(latencies.most.count()) / 1000.0);
  std::fflush(stdout);
}

}  // namespace outpost::tests
