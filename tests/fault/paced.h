#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

/// Requests at a fixed rate, whatever the answers take: latency counts from the moment at which a
/// request was due, so that a server that stalls cannot hide it.
namespace outpost::tests {

struct Latencies {
  std::int64_t count = 0, failed = 0;
  std::chrono::microseconds p50{}, p99{}, most{};
};

/// One request on the connection number `client`; false when the answer is not the right one.
using PacedRequest = std::function<bool(int client, std::int64_t number)>;

/// Blocks for about `time`. The request runs on `clients` threads, each for its own connection.
Latencies RunPaced(int clients, int requests_per_second, std::chrono::milliseconds time,
                   const PacedRequest& request);

void Print(const std::string& what, const Latencies& latencies);

}  // namespace outpost::tests
