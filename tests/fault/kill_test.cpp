#include <chrono>
#include <cstdio>
#include <random>
#include <string>
#include <thread>

#include "fault/crowd.h"
#include "fault/options.h"
#include "fault/promise.h"
#include "store/sql/testing/scratch_folder.h"
#include "store/sql/testing/scratch_postgresql.h"
#include "support/admin.h"
#include "support/raw_client.h"
#include "support/server_process.h"

/// Breaks the server under load, starts it again and checks the first promise, over and over:
///   kill_test PROGRAM sqlite|postgresql [--mode kill|io|full|unsynced] [--rounds N]
///             [--k-max K] [--clients N] [--seed S]
///
///   kill      kill -9; every second time at a random moment, else in the instant in which a client
///             reads an answer
///   io        the k-th read, write, sync, open or truncate fails; k is drawn from 1 to k-max, or
///             with --every 1 goes through all of them
///   full      the disk is full after a random number of bytes, and has room again later
///   unsynced  kill -9 in the same way, and what was not synced is lost
/// Each round has a project space of its own; the last round is followed by a look at all of them.
/// A round of io or full whose fault was not reached proves nothing and says "not reached"; a run
/// without a single one that was reached fails. Only `unsynced` can tell a server that does not
/// sync: after kill -9 the kernel still has every write.
namespace outpost::tests {
namespace {

constexpr int kSkipped = 77;
constexpr int kCases = 24;
constexpr std::chrono::milliseconds kLoadMin{60};
constexpr int kLoadSpreadMilliseconds = 500;
/// Long enough for most planned faults to be reached.
constexpr std::chrono::milliseconds kFaultLoadMin{1500};
constexpr int kGrowthBytesMax = 600'000;
constexpr int kAimedAcknowledgementsMax = 800;
constexpr std::chrono::seconds kAimedTimeMax{20};
constexpr const char* kCalls[] = {"write", "sync", "read", "open", "truncate"};

struct Plan {
  std::string mode;
  std::int64_t rounds = 5, k_max = 200, clients = 16;
  bool goes_through_every_k = false;
  std::uint64_t seed = 1;
};

class KillTest {
 public:
  KillTest(Plan plan, ServerPlan server)
      : plan_(std::move(plan)), random_(plan_.seed), server_(std::move(server)) {}

  bool Run() {
    PrepareStart(0);
    server_.Start();
    const std::int64_t rounds =
        plan_.goes_through_every_k ? plan_.k_max * std::ssize(kCalls) : plan_.rounds;
    bool is_kept = true;
    for (std::int64_t round = 1; round <= rounds && is_kept; ++round) is_kept = RunRound(round);
    return is_kept && LookAtAll();
  }

 private:
  struct Round {
    std::string project;
    std::vector<SentForm> sent;
  };

  /// What the crowd and the fault door saw of a round.
  struct Effect {
    bool has_ended_server = false;
    std::int64_t hits = 0, refused = 0, odd_answers = 0;
  };

  int Draw(int from, int to) { return std::uniform_int_distribution<int>(from, to)(random_); }

  void PrepareStart(std::int64_t round) {
    if (plan_.mode != "unsynced") return;
    server_.plan().environment["OUTPOST_FAULT"] =
        "drop-unsynced,seed:" + std::to_string(plan_.seed + static_cast<std::uint64_t>(round));
  }

  std::string FaultOf(std::int64_t round) {
    if (plan_.mode == "full") return "full:" + std::to_string(Draw(0, kGrowthBytesMax));
    if (plan_.mode != "io") return {};
    const auto calls = std::ssize(kCalls);
    const auto call = kCalls[plan_.goes_through_every_k ? (round - 1) % calls : Draw(0, 1)];
    const auto k = plan_.goes_through_every_k ? (round - 1) / calls + 1
                                              : Draw(1, static_cast<int>(plan_.k_max));
    return std::string(call) + ":" + std::to_string(k) + ":EIO";
  }

  bool RunRound(std::int64_t number) {
    Round round{plan_.mode + "-" + std::to_string(number), {}};
    const std::string fault = FaultOf(number);
    Admin admin(server_.admin_origin());
    admin.Run("project.create", {{"name", round.project}});
    admin.Run("project.secure", {{"name", round.project}, {"on", false}});
    if (!fault.empty()) admin.Run("test.fault", {{"rule", fault}});
    Effect effect;
    {
      const bool is_aimed = fault.empty() && number % 2 == 0;
      Crowd crowd(server_.origin(), round.project, static_cast<int>(plan_.clients), kCases,
                  is_aimed ? Draw(1, kAimedAcknowledgementsMax) : 0,
                  [this] { server_.ShootDown(); });
      const auto least = fault.empty() ? kLoadMin : kFaultLoadMin;
      const auto load = least + std::chrono::milliseconds(Draw(0, kLoadSpreadMilliseconds));
      const bool has_ended = server_.WaitForEnd(is_aimed ? kAimedTimeMax : load);
      effect.has_ended_server = has_ended && !is_aimed;
      if (!fault.empty() && !effect.has_ended_server) effect.hits = EndFault(admin);
      if (plan_.mode == "full") AwaitForms(crowd);
      server_.Kill();
      round.sent = crowd.Stop();
      effect.refused = crowd.refused();
      effect.odd_answers = crowd.odd_answers();
    }
    server_.CheckLog();
    PrepareStart(number);
    server_.Start();
    const bool is_kept = Check(number, round, fault, effect);
    rounds_.push_back(std::move(round));
    return is_kept;
  }

  /// The disk works, or has room, again. @returns how many calls had failed; one at least when the
  /// server just ended over it.
  std::int64_t EndFault(Admin& admin) {
    try {
      return admin.Run("test.fault", {{"rule", ""}}).at("hits").as_int64();
    } catch (const NetworkError&) {
      if (server_.WaitForEnd(std::chrono::seconds(5))) return 1;
      throw;
    }
  }

  /// A server whose disk was full never went down, and takes forms again.
  void AwaitForms(const Crowd& crowd) {
    if (!server_.is_running()) throw std::runtime_error("the server ended on a full disk");
    const auto before = crowd.acknowledged();
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (crowd.acknowledged() <= before) {
      if (std::chrono::steady_clock::now() > deadline) {
        throw std::runtime_error("no form was taken after the disk had room again");
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }

  bool Check(std::int64_t number, const Round& round, const std::string& fault,
             const Effect& effect) {
    Admin admin(server_.admin_origin());
    auto check = CheckPromise(admin, round.project, round.sent);
    RawClient client(server_.origin());
    const auto again = SendAgain(client, admin, round.project, round.sent);
    check.broken.insert(check.broken.end(), again.begin(), again.end());
    if (effect.odd_answers != 0) {
      check.broken.push_back(std::to_string(effect.odd_answers) +
                             " answers were neither 201, 500 nor 503");
    }
    const bool is_reached = fault.empty() || effect.has_ended_server || effect.hits > 0;
    reached_ += is_reached ? 1 : 0;
    std::printf("%s %3lld %-16s sent %5zu acknowledged %5zu stored %5zu refused %5lld%s %s\n",
                plan_.mode.c_str(), static_cast<long long>(number), fault.c_str(), check.sent,
                check.acknowledged, check.stored, static_cast<long long>(effect.refused),
                effect.has_ended_server ? " server ended" : "",
                !check.broken.empty() ? "BROKEN"
                : is_reached          ? "kept"
                                      : "not reached");
    for (const auto& broken : check.broken) std::printf("  %s\n", broken.c_str());
    std::fflush(stdout);
    total_acknowledged_ += check.acknowledged;
    return check.broken.empty();
  }

  /// Nothing of the earlier rounds was lost in a later one.
  bool LookAtAll() {
    Admin admin(server_.admin_origin());
    bool is_kept = true;
    for (const auto& round : rounds_) {
      const auto forms =
          admin.Run("test.count", {{"table", "forms"}, {"project", round.project}, {"state", 1}});
      std::int64_t acknowledged = 0;
      for (const auto& form : round.sent) acknowledged += form.is_acknowledged ? 1 : 0;
      is_kept = is_kept && forms.at("count").as_int64() >= acknowledged;
    }
    server_.plan().environment.erase("OUTPOST_FAULT");
    server_.Stop();
    std::printf("%s: %zu rounds, %zu reached, %zu forms acknowledged, %s\n", plan_.mode.c_str(),
                rounds_.size(), reached_, total_acknowledged_, is_kept ? "all kept" : "LOST LATER");
    return is_kept && total_acknowledged_ > 0 && reached_ > 0;
  }

  Plan plan_;
  std::mt19937_64 random_;
  ServerProcess server_;
  std::vector<Round> rounds_;
  std::size_t total_acknowledged_ = 0;
  std::size_t reached_ = 0;
};

int Main(int argc, char** argv) {
  const auto options = ReadOptions(argc, argv);
  if (options.words.size() != 2) {
    std::fputs("usage: kill_test PROGRAM sqlite|postgresql [--mode kill] [--rounds N]\n", stderr);
    return 2;
  }
  sql_testing::ScratchFolder folder;
  ServerPlan server{options.words[0], folder.path(), {}, {{"server.log_requests", "false"}}, {}};
  if (options.words[1] == "postgresql") {
    auto* database = sql_testing::ScratchPostgresql::Shared();
    if (database == nullptr) return kSkipped;
    server.database = database->NewDatabase();
  }
  Plan plan;
  plan.mode = options.Text("mode", "kill");
  plan.rounds = options.Number("rounds", plan.rounds);
  plan.k_max = options.Number("k-max", plan.k_max);
  plan.clients = options.Number("clients", plan.clients);
  plan.goes_through_every_k = options.Number("every", 0) != 0;
  const auto now = std::chrono::system_clock::now().time_since_epoch().count();
  plan.seed = static_cast<std::uint64_t>(options.Number("seed", now % 1'000'000));
  std::printf("seed %llu\n", static_cast<unsigned long long>(plan.seed));
  return KillTest(plan, server).Run() ? 0 : 1;
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
