#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "base/ids.h"
#include "fault/crowd.h"
#include "fault/options.h"
#include "fault/paced.h"
#include "store/sql/testing/scratch_folder.h"
#include "store/sql/testing/scratch_postgresql.h"
#include "support/admin.h"
#include "support/raw_client.h"
#include "support/server_process.h"

/// One project space sends forms flat out over many connections; the promise is that the p99 of
/// another one's phones grows less than 2 times. A short run has too few requests to judge that, so
/// below `floor-ms` it passes whatever the ratio: a guard against starvation, not the proof. The
/// proof is the run with --floor-ms 0 (tests/long/run).
///   fairness_test PROGRAM sqlite|postgresql [--seconds N] [--rate N] [--bulk-clients N]
///                 [--ratio-percent N] [--floor-ms N] [--job-ms N]
namespace outpost::tests {
namespace {

constexpr int kSkipped = 77;
constexpr int kPhones = 8;
constexpr int kBulkCases = 500;

Latencies RunPhones(const std::string& origin, int rate, std::chrono::seconds time) {
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < kPhones; ++i) clients.push_back(std::make_unique<RawClient>(origin));
  return RunPaced(kPhones, rate, time, [&](int client, std::int64_t number) {
    const SentForm form{NewUuid(), "case-" + std::to_string(number % 50), false, false};
    return PostForm(*clients[static_cast<std::size_t>(client)], "phones", form) == 201;
  });
}

void CreateOpenProject(Admin& admin, const std::string& name) {
  admin.Run("project.create", {{"name", name}});
  admin.Run("project.secure", {{"name", name}, {"on", false}});
}

bool IsFair(const Latencies& alone, const Latencies& beside, const TestOptions& options) {
  // A sanitized server is ten times slower and so are its swings: there only starvation shows.
  const int factor = IsSanitized() ? 25 : 1;
  const auto floor = std::chrono::milliseconds(options.Number("floor-ms", 40) * factor);
  const auto limit = std::max<std::chrono::microseconds>(
      alone.p99 * options.Number("ratio-percent", 200) / 100, floor);
  std::printf("p99 grew %.2f times; limit for p99: %.1f ms\n",
              static_cast<double>(beside.p99.count()) / static_cast<double>(alone.p99.count()),
              static_cast<double>(limit.count()) / 1000.0);
  return beside.p99 <= limit && alone.failed == 0 && beside.failed == 0;
}

/// The last number of this name in the log.
std::int64_t LastNumber(const std::string& log, const std::string& name) {
  const auto at = log.rfind("\"" + name + "\":");
  return at == std::string::npos ? -1 : std::atoll(log.c_str() + at + name.size() + 3);
}

/// Nothing may hold the writer for longer than 20 ms: --job-ms 20 (tests/long/run). A job that is
/// preempted counts too, so that on a machine with other work only a larger limit means anything.
bool IsWriterFree(const std::string& log, const TestOptions& options) {
  const auto longest = LastNumber(log, "job_micros_max");
  std::printf("longest job of the writer %.1f ms, commit %.1f ms, checkpoint %.1f ms\n",
              static_cast<double>(longest) / 1000.0,
              static_cast<double>(LastNumber(log, "commit_micros_max")) / 1000.0,
              static_cast<double>(LastNumber(log, "checkpoint_micros_max")) / 1000.0);
  const std::int64_t limit_ms = options.Number("job-ms", IsSanitized() ? 500 : 100);
  return longest >= 0 && longest <= limit_ms * 1'000;
}

int Main(int argc, char** argv) {
  const auto options = ReadOptions(argc, argv);
  if (options.words.size() != 2) {
    std::fputs("usage: fairness_test PROGRAM sqlite|postgresql [--seconds N]\n", stderr);
    return 2;
  }
  sql_testing::ScratchFolder folder;
  ServerPlan plan{options.words[0], folder.path(), {}, {{"server.log_requests", "false"}}, {}};
  if (options.words[1] == "postgresql") {
    auto* database = sql_testing::ScratchPostgresql::Shared();
    if (database == nullptr) return kSkipped;
    plan.database = database->NewDatabase();
  }
  ServerProcess server(plan);
  server.Start();
  Admin admin(server.admin_origin());
  CreateOpenProject(admin, "phones");
  CreateOpenProject(admin, "bulk");
  const auto time = std::chrono::seconds(options.Number("seconds", 4));
  const auto rate = static_cast<int>(options.Number("rate", 100));
  RunPhones(server.origin(), rate, std::chrono::seconds(1));  // connections, caches
  const auto alone = RunPhones(server.origin(), rate, time);
  Print("phones alone", alone);
  std::int64_t imported = 0;
  Latencies beside;
  {
    Crowd crowd(server.origin(), "bulk", static_cast<int>(options.Number("bulk-clients", 32)),
                kBulkCases);
    beside = RunPhones(server.origin(), rate, time);
    imported = crowd.acknowledged();
    crowd.Stop();
  }
  Print("phones beside an import", beside);
  std::printf("imported %lld forms meanwhile, %.0f/s\n", static_cast<long long>(imported),
              static_cast<double>(imported) / static_cast<double>(time.count()));
  server.Stop();
  const bool is_fair = IsFair(alone, beside, options);
  return IsWriterFree(server.log_text(), options) && is_fair ? 0 : 1;
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
