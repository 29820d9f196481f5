#include <cstddef>
#include <cstdint>

#include "base/problem.h"
#include "domain/ledgers/ledger.h"

/// Reads the ledger blocks of a form and replays them as if all were of one ledger.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace outpost;
  try {
    const auto form = xml::Document::Parse({reinterpret_cast<const char*>(data), size});
    const auto found = ledgers::FindMovements(form);
    if (found.error) return 0;
    std::vector<ledgers::Transaction> history;
    std::int64_t balance = 0;
    for (const auto& movement : found.movements) {
      history.push_back(ledgers::Move(movement, balance, Instant{0}));
      balance = history.back().updated_balance;
    }
    const auto replayed = ledgers::Replay(history);
    if (replayed != balance) __builtin_trap();
  } catch (const Problem& problem) {
    if (problem.kind() != ProblemKind::kMalformed) __builtin_trap();
  }
  return 0;
}
