#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "operations/loadtest/engine.h"
#include "operations/loadtest/verify.h"

/// What a load test says in the end (operations document 6.5, 6.6).
namespace outpost::loadtest {

struct Summary {
  double seconds = 0;
  double forms_per_second = 0;
  double error_share = 0;  // of all that was answered or lost
  struct Percentile {
    double percent = 0;
    double milliseconds = 0;
  };
  std::vector<Percentile> percentiles;  // 50, 75, 90, 95, 99, 99.9, 100
  double slowest_second = 0;            // forms in the worst whole second
  double generator_cpu_share = 0;       // of one core
};
/// Sorts the samples.
Summary Summarise(SubmitResult& result);

/// Thresholds of 6.6 for the receiver.
inline constexpr double kErrorShareMax = 0.01;
inline constexpr double kReceiverP95MsMax = 2'000;

/// Nothing lost or doubled, few errors, and quick enough.
bool Passed(const Summary& summary, const VerifyResult* verified);

std::string TextOf(const SubmitResult& result, const Summary& summary,
                   const VerifyResult* verified);
std::string JsonOf(const SubmitOptions& options, const SubmitResult& result, const Summary& summary,
                   const VerifyResult* verified);

}  // namespace outpost::loadtest
