#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "operations/loadtest/form_source.h"

/// Phones that restore and sync while forms come in, from one thread, measured: `outpost loadtest
/// sync` and `mixed`. First every phone restores; then they sync with token and state again and
/// again.
namespace outpost::loadtest {

struct PhoneLoadOptions {
  std::string address;  // numeric, of the server
  std::uint16_t port = 0;
  int connections = 64;  // of phones that restore or sync
  int form_connections = 16;
  FormPlan forms;  // its first users have phones that sync
  std::size_t phones = 0;
  /// Forms come from all users, on cases of their own and with their phones' tokens; else only from
  /// the users who have no phone, so that no phone has anything new.
  bool is_mixed = false;
  bool only_restores = false;  // end after the first restores; read no more of them than the token
  std::int64_t duration_micros = 60'000'000;  // of the syncs
  double sync_rate = 0;                       // a second; 0: as fast as they are answered
  double form_rate = 0;                       // a second; 0: none
  double first_share = 0;                     // of the syncs: logins, without token and state
  std::int64_t bytes_per_second = 0;          // each phone reads no faster; 0: as it comes
  std::size_t verified_phones = 0;            // whose first restore is read as a phone reads it
};

/// What was asked of one kind, and how it went. Micros from when a request was due.
struct LoadPart {
  std::uint64_t asked = 0;
  std::uint64_t answered = 0;  // with 200 (forms: 201)
  std::uint64_t pending = 0;   // answered 202
  std::map<std::string, std::uint64_t> errors;
  std::uint64_t body_bytes = 0;  // on the wire
  std::vector<std::uint32_t> first_bytes, wholes;
  std::int64_t elapsed_micros = 0, generator_cpu_micros = 0;
};

struct PhoneLoadResult {
  LoadPart restores;  // of the first phase
  LoadPart syncs;     // with token and state
  LoadPart logins;    // without, in the second phase; recoveries too
  LoadPart forms;
  std::uint64_t refused = 0;        // 412 to phones that did everything right
  std::uint64_t with_cases = 0;     // syncs that brought cases
  std::uint64_t cases = 0;          // in the first restores
  std::uint64_t unsure = 0;         // phones that lost an answer to a form, and started anew
  std::uint64_t verified = 0;       // first restores that were read whole
  std::vector<std::string> faults;  // what phones would refuse or hold otherwise; at most 20
};

struct PhoneLoadProgress {
  std::int64_t elapsed_micros = 0;
  std::uint64_t restores = 0, syncs = 0, forms = 0, errors = 0;
};

/// A phone gives up after a minute without a byte.
inline constexpr std::int64_t kSilenceMicrosMax = 60'000'000;
/// A first restore that fails is asked for again so often in all.
inline constexpr int kRestoreAttempts = 3;

/// Blocks. `progress` is called about once a second; false ends the test early.
PhoneLoadResult RunPhoneLoad(const PhoneLoadOptions& options,
                             const std::function<bool(const PhoneLoadProgress&)>& progress);

}  // namespace outpost::loadtest
