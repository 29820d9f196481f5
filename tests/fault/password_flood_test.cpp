#include <atomic>
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/ids.h"
#include "fault/crowd.h"
#include "fault/options.h"
#include "fault/paced.h"
#include "store/sql/testing/scratch_folder.h"
#include "support/admin.h"
#include "support/credentials.h"
#include "support/raw_client.h"
#include "support/server_process.h"

/// Many wrong passwords a second, for known and unknown names, do not slow the right ones of
/// workers who have signed in before. Workers who sign in for the first time during the flood,
/// which needs the hashing pool, are let in at their first try: half of them come from the address
/// of the flood, as phones do that share one.
///   password_flood_test PROGRAM [--seconds N] [--wrong N] [--ratio-percent N] [--floor-ms N]
namespace outpost::tests {
namespace {

constexpr int kPhones = 8;
constexpr int kAttackers = 8;
constexpr int kWorkers = 20;
constexpr int kPhoneRate = 50;
constexpr const char* kFieldAddress = "198.51.100.7";
constexpr const char* kAttackAddress = "203.0.113.9";
constexpr int kNewcomers = 12;
constexpr int kNewcomerRate = 3;

std::string WorkerName(std::int64_t number) { return "worker" + std::to_string(number % kWorkers); }

/// Where the caller says it comes from, as a trusted proxy would.
int PostAs(RawClient& client, const std::string& address, const std::string& name,
           const std::string& password) {
  Call call;
  call.method = "POST";
  call.target = "/a/demo/receiver/secure/app1/";
  call.headers = {{"Content-Type", "text/xml"},
                  {"X-OpenRosa-Version", "3.0"},
                  {"X-Forwarded-For", address},
                  {"Authorization", BasicHeader(name, password)}};
  call.body = XmlOf({NewUuid(), "case-1", false, false});
  try {
    return client.Send(call).status;
  } catch (const NetworkError&) {
    return 0;
  }
}

std::vector<std::unique_ptr<RawClient>> Connect(const std::string& origin, int count) {
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < count; ++i) clients.push_back(std::make_unique<RawClient>(origin));
  return clients;
}

Latencies RunPhones(const std::string& origin, std::chrono::seconds time) {
  auto clients = Connect(origin, kPhones);
  return RunPaced(kPhones, kPhoneRate, time, [&](int client, std::int64_t number) {
    return PostAs(*clients[static_cast<std::size_t>(client)], kFieldAddress, WorkerName(number),
                  "right") == 201;
  });
}

/// First sign-ins, from the field and from where the flood comes from in turn. A newcomer that is
/// put off does not try again here.
Latencies RunNewcomers(const std::string& origin, std::map<int, int>& statuses) {
  auto clients = Connect(origin, kNewcomers);
  std::mutex mutex;
  const auto time = std::chrono::milliseconds(1000 * kNewcomers / kNewcomerRate);
  return RunPaced(kNewcomers, kNewcomerRate, time, [&](int client, std::int64_t number) {
    const auto name = "newcomer" + std::to_string(number);
    const auto* address = number % 2 == 0 ? kFieldAddress : kAttackAddress;
    const int status = PostAs(*clients[static_cast<std::size_t>(client)], address, name, "right");
    const std::lock_guard lock(mutex);
    ++statuses[status];
    return status == 201;
  });
}

void CreateWorker(Admin& admin, const std::string& name) {
  admin.Run("user.create",
            {{"username", name}, {"password", "right"}, {"project", "demo"}, {"kind", "mobile"}});
}

/// How the flood was answered.
struct Refusals {
  std::atomic<std::int64_t> unauthenticated{0}, put_off{0}, other{0};
};

/// Every password is another one, half of the names exist. Never let in; 429 or 503 when there are
/// too many.
Latencies RunAttack(const std::string& origin, int rate, std::chrono::seconds time,
                    Refusals& refusals) {
  auto clients = Connect(origin, kAttackers);
  return RunPaced(kAttackers, rate, time, [&](int client, std::int64_t number) {
    const auto name =
        number % 2 == 0 ? WorkerName(number / 2) : "stranger" + std::to_string(number);
    const int status = PostAs(*clients[static_cast<std::size_t>(client)], kAttackAddress, name,
                              "wrong" + std::to_string(number));
    const bool is_put_off = status == 429 || status == 503;
    ++(status == 401 ? refusals.unauthenticated : is_put_off ? refusals.put_off : refusals.other);
    return status == 401 || is_put_off;
  });
}

int Main(int argc, char** argv) {
  const auto options = ReadOptions(argc, argv);
  if (options.words.size() != 1) {
    std::fputs("usage: password_flood_test PROGRAM [--seconds N] [--wrong N]\n", stderr);
    return 2;
  }
  sql_testing::ScratchFolder folder;
  ServerProcess server({options.words[0],
                        folder.path(),
                        {},
                        {{"server.log_requests", "false"}, {"server.trusted_proxies", "127.0.0.1"}},
                        {}});
  server.Start();
  Admin admin(server.admin_origin());
  admin.Run("project.create", {{"name", "demo"}});
  for (int i = 0; i < kWorkers; ++i) CreateWorker(admin, WorkerName(i));
  for (int i = 0; i < kNewcomers; ++i) CreateWorker(admin, "newcomer" + std::to_string(i));
  const std::chrono::seconds time(options.Number("seconds", 4));
  RunPhones(server.origin(), std::chrono::seconds(2));  // each right password is checked once
  const auto alone = RunPhones(server.origin(), time);
  Print("right passwords alone", alone);
  Latencies attack;
  Refusals refusals;
  std::thread attacker([&] {
    attack =
        RunAttack(server.origin(), static_cast<int>(options.Number("wrong", 200)), time, refusals);
  });
  Latencies newcomers;
  std::map<int, int> statuses;
  std::thread newcoming([&] { newcomers = RunNewcomers(server.origin(), statuses); });
  const auto beside = RunPhones(server.origin(), time);
  newcoming.join();
  attacker.join();
  Print("right passwords during the flood", beside);
  Print("first sign-ins during the flood", newcomers);
  for (const auto& [status, count] : statuses) std::printf("  answered %d: %d\n", status, count);
  Print("wrong passwords", attack);
  std::printf("answered 401: %lld, 429 or 503: %lld, otherwise: %lld\n",
              static_cast<long long>(refusals.unauthenticated),
              static_cast<long long>(refusals.put_off), static_cast<long long>(refusals.other));
  server.Stop();
  const int factor = IsSanitized() ? 4 : 1;
  const auto floor = std::chrono::milliseconds(options.Number("floor-ms", 60) * factor);
  const auto limit = std::max<std::chrono::microseconds>(
      alone.p99 * options.Number("ratio-percent", 200) / 100, floor);
  std::printf("limit for p99: %.1f ms\n", static_cast<double>(limit.count()) / 1000.0);
  const bool is_kept =
      beside.failed == 0 && attack.failed == 0 && newcomers.failed == 0 && beside.p99 <= limit;
  return is_kept ? 0 : 1;
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
