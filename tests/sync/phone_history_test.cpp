#include <cstdio>
#include <string>

#include "fault/options.h"
#include "operations/phones/testing/history.h"
#include "store/sql/testing/scratch_postgresql.h"
#include "sync/phone_world.h"

/// Random histories of simulated phones against the real program:
///   phone_history_test PROGRAM sqlite|postgresql [--rounds N] [--seed S] [--steps N] [--phones N]
/// Round i has the seed S + i; every second one lets phones act on cases that their next purge
/// removes. A failing round prints its history; --seed with that seed and --rounds 1 runs it again.
namespace outpost::tests {
namespace {

constexpr int kSkipped = 77;

bool RunRounds(PhoneWorld& world, const TestOptions& given) {
  const auto rounds = given.Number("rounds", 10), first = given.Number("seed", 1);
  phones::testing::HistoryOptions options;
  options.steps = static_cast<int>(given.Number("steps", options.steps));
  options.phones_per_user = static_cast<int>(given.Number("phones", options.phones_per_user));
  for (std::int64_t round = 0; round < rounds; ++round) {
    const auto seed = static_cast<std::uint64_t>(first + round);
    options.uses_leftovers = seed % 2 == 0;
    const auto failure = phones::testing::RunHistory(
        seed, [&](std::uint64_t of) { return world.WorldFor(of); }, options);
    if (failure) {
      std::printf("%s", failure->c_str());
      return false;
    }
  }
  std::printf("%lld histories: every phone held what belongs on it\n",
              static_cast<long long>(rounds));
  return true;
}

int Main(int argc, char** argv) {
  const auto given = ReadOptions(argc, argv);
  if (given.words.size() != 2) {
    std::fputs("usage: phone_history_test PROGRAM sqlite|postgresql [--rounds N]\n", stderr);
    return 2;
  }
  std::string database;
  if (given.words[1] == "postgresql") {
    auto* server = sql_testing::ScratchPostgresql::Shared();
    if (server == nullptr) return kSkipped;
    database = server->NewDatabase();
  }
  PhoneWorld world(given.words[0], database);
  const bool passed = RunRounds(world, given);
  world.Stop();
  return passed ? 0 : 1;
}

}  // namespace
}  // namespace outpost::tests

int main(int argc, char** argv) {
  try {
    return outpost::tests::Main(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
