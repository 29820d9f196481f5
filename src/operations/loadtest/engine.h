#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "operations/loadtest/form_source.h"
#include "operations/loadtest/ledger.h"

/// Sends forms over many connections from one thread, and measures.
namespace outpost::loadtest {

struct SubmitOptions {
  std::string address;  // numeric, of the server
  std::uint16_t port = 0;
  int connections = 64;
  std::int64_t duration_micros = 60'000'000;
  /// Forms a second, sent when they are due whatever the server does, and measured from then; 0: as
  /// fast as the server answers.
  std::int64_t rate = 0;
  FormPlan forms;
  std::string ledger_file;  // empty: in memory only
};

inline constexpr std::int64_t kAnswerMicrosMax = 60'000'000;
/// What is under way at the end gets this long to be answered.
inline constexpr std::int64_t kLastAnswersMicros = 30'000'000;

struct Progress {
  std::int64_t elapsed_micros = 0;
  std::uint64_t acknowledged = 0;
  std::uint64_t errors = 0;
};

struct SubmitResult {
  std::uint64_t sent = 0;
  std::uint64_t acknowledged = 0;               // answered 201
  std::uint64_t unanswered = 0;                 // sent, then the connection ended
  std::map<std::string, std::uint64_t> errors;  // "503", "timeout", "connection lost", …
  std::uint64_t bytes_sent = 0, bytes_received = 0;
  std::int64_t elapsed_micros = 0;        // from the first form to the last answer
  std::int64_t generator_cpu_micros = 0;  // of this process meanwhile
  std::vector<std::uint32_t> samples;     // microseconds, of every acknowledged form
  std::vector<std::uint32_t> per_second;  // acknowledged in each second
  std::vector<LedgerEntry> ledger;        // acknowledged and unanswered ones
};

/// Blocks. `progress` is called about once a second; false ends the test early.
/// @throws Problem kBusy when the server cannot be reached at all at the start.
SubmitResult RunSubmit(const SubmitOptions& options,
                       const std::function<bool(const Progress&)>& progress);

}  // namespace outpost::loadtest
