#include <sys/wait.h>

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>
#include <string>
#include <thread>

#include "base/instant.h"
#include "fault/crowd.h"
#include "fault/options.h"
#include "fault/promise.h"
#include "store/sql/testing/scratch_folder.h"
#include "support/admin.h"
#include "support/server_process.h"

/// Kills a server that takes forms while a standby follows it, lets the standby take over, and
/// looks at what is there, over and over:
///   standby_test PROGRAM [--rounds N] [--clients N] [--seed S]
///
/// The standby must serve forms as the same process, have whole commits only, and lack at most the
/// last seconds. The killed server must refuse to start again.
namespace outpost::tests {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using Steady = std::chrono::steady_clock;

constexpr int kCases = 24;
constexpr std::chrono::seconds kPatience{120};
constexpr int kLoadMillisecondsMin = 1'500;
constexpr int kLoadMillisecondsSpread = 2'500;
/// What a standby may lack: shipped every 300 ms, looked at every 250; the rest is for a busy
/// machine.
constexpr std::int64_t kBehindMicrosMax = 5'000'000;
const std::string kProject = "round";

struct Plan {
  std::int64_t rounds = 2, clients = 4;
  std::uint64_t seed = 1;
  std::string program;
};

class StandbyTest {
 public:
  explicit StandbyTest(Plan plan) : plan_(std::move(plan)), random_(plan_.seed) {}

  bool Run() {
    bool is_kept = true;
    for (std::int64_t round = 1; round <= plan_.rounds && is_kept; ++round) {
      is_kept = RunRound(round);
    }
    std::printf(
        "%lld rounds; lost at most %zu of %zu acknowledged forms, the last %.2f s; taken "
        "over within %.2f s; %s\n",
        static_cast<long long>(plan_.rounds), most_lost_, acknowledged_,
        static_cast<double>(most_behind_) / 1e6, static_cast<double>(longest_) / 1e6,
        is_kept ? "all as it was" : "DIFFERENT");
    return is_kept && acknowledged_ > 0;
  }

 private:
  bool RunRound(std::int64_t number) {
    broken_.clear();
    const sql_testing::ScratchFolder folder;
    ServerProcess server(PlanOfServer(folder.path()));
    server.Start();
    MakeProject(server);
    ServerProcess standby(PlanOfStandby(folder.path()));
    AwaitBase(server);
    standby.Start();
    AwaitStandby(standby);
    std::vector<SentForm> sent;
    std::int64_t killed_at = 0;
    {
      Crowd crowd(server.origin(), kProject, static_cast<int>(plan_.clients), kCases);
      std::this_thread::sleep_for(std::chrono::milliseconds(
          kLoadMillisecondsMin +
          std::uniform_int_distribution<int>(0, kLoadMillisecondsSpread)(random_)));
      killed_at = NowMicros();
      server.Kill();
      sent = crowd.Stop();
    }
    TakeOver(standby, killed_at);
    const auto count = sent.size();
    Compare(standby, std::move(sent));
    ExpectRefusal(server);
    std::printf("round %lld: %zu forms sent, %s\n", static_cast<long long>(number), count,
                broken_.empty() ? "as it was" : "DIFFERENT");
    for (const auto& broken : broken_) std::printf("  %s\n", broken.c_str());
    std::fflush(stdout);
    return broken_.empty();
  }

  ServerPlan PlanOfServer(const fs::path& folder) const {
    return {plan_.program,
            folder / "first",
            {},
            {{"server.log_requests", "false"},
             {"backup.to", (folder / "backup").string()},
             {"backup.key", (folder / "backup.key").string()},
             {"backup.drill_hours", "0"}},
            {}};
  }
  ServerPlan PlanOfStandby(const fs::path& folder) const {
    ServerPlan plan{plan_.program, folder / "second", {}, {{"server.log_requests", "false"}}, {}};
    plan.verb = {"replica", "--from", (folder / "backup").string(), "--key",
                 (folder / "backup.key").string()};
    return plan;
  }

  static void MakeProject(ServerProcess& server) {
    Admin admin(server.admin_origin());
    admin.Run("project.create", {{"name", kProject}});
    admin.Run("project.secure", {{"name", kProject}, {"on", false}});
  }

  template <class Condition>
  static void Await(const char* what, const Condition& condition) {
    const auto deadline = Steady::now() + kPatience;
    while (!condition()) {
      if (Steady::now() > deadline) throw std::runtime_error(std::string("no ") + what);
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }
  static void AwaitBase(ServerProcess& server) {
    Await("base", [&] {
      const auto status = Admin(server.admin_origin()).Run("backup.status");
      const auto* shipping = status.as_object().if_contains("shipping");
      return shipping != nullptr && shipping->at("has_base").as_bool();
    });
  }
  static void AwaitStandby(ServerProcess& standby) {
    Await("standby", [&] {
      return Admin(standby.admin_origin()).Run("replica.status").at("is_whole").as_bool();
    });
  }

  /// As an operator does.
  json::object Call(ServerProcess& standby, const std::string& verb) {
    const auto said = standby.plan().folder / "said.json";
    const auto command = plan_.program + " replica " + verb + " --data " + standby.data().string() +
                         " --json > " + said.string();
    const int status = std::system(command.c_str());  // NOLINT(concurrency-mt-unsafe)
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) Break("replica " + verb + " failed");
    std::ifstream file(said);
    return json::parse(std::string{std::istreambuf_iterator<char>(file), {}}).as_object();
  }

  void TakeOver(ServerProcess& standby, std::int64_t killed_at) {
    Call(standby, "status");
    const auto promoted = Call(standby, "promote");
    const auto& warning = promoted.at("warning").as_string();
    if (!warning.empty()) Break("warned: " + std::string(warning));
    standby.AwaitSuccessor();
    longest_ = std::max(longest_, NowMicros() - killed_at);
    const auto newest = ParseDateOrDateTime(promoted.at("newest_commit").as_string());
    if (!newest) return Break("the newest commit has no moment");
    most_behind_ = std::max(most_behind_, killed_at - newest->micros);
    if (killed_at - newest->micros > kBehindMicrosMax) Break("too far behind");
  }

  /// The successor takes forms; what is there is whole.
  void Compare(ServerProcess& standby, std::vector<SentForm> sent) {
    Crowd crowd(standby.origin(), kProject, 1, kCases);
    Await("form that the new server takes", [&] { return crowd.acknowledged() > 0; });
    const auto later = crowd.Stop();
    standby.Stop();
    standby.plan().verb.clear();
    standby.Start();
    Admin admin(standby.admin_origin());
    std::set<std::string> there;
    const auto forms = admin.Run("test.forms", {{"project", kProject}});
    for (const auto& form : forms.as_array()) there.emplace(form.at("form_id").as_string());
    std::size_t lost = 0;
    for (auto& form : sent) {
      acknowledged_ += form.is_acknowledged ? 1U : 0U;
      if (!form.is_acknowledged || there.contains(form.form_id)) continue;
      form.is_acknowledged = false;
      ++lost;
    }
    most_lost_ = std::max(most_lost_, lost);
    sent.insert(sent.end(), later.begin(), later.end());
    for (const auto& what : CheckPromise(admin, kProject, sent).broken) Break(what);
    standby.Stop();
  }

  void ExpectRefusal(ServerProcess& server) {
    try {
      server.Start();
      Break("the server that was replaced serves again");
      server.Stop();
    } catch (const ServerError&) {
      if (server.log_text().find("A standby took over") == std::string::npos) {
        Break("the server that was replaced does not say why it does not start");
      }
    }
  }

  static std::int64_t NowMicros() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
  }
  void Break(const std::string& what) { broken_.push_back(what); }

  const Plan plan_;
  std::mt19937_64 random_;
  std::vector<std::string> broken_;
  std::size_t acknowledged_ = 0, most_lost_ = 0;
  std::int64_t most_behind_ = 0, longest_ = 0;
};

int Main(int argc, char** argv) {
  const auto options = ReadOptions(argc, argv);
  if (options.words.size() != 1) {
    std::fputs("usage: standby_test PROGRAM [--rounds N] [--clients N] [--seed S]\n", stderr);
    return 2;
  }
  Plan plan;
  plan.program = options.words[0];
  plan.rounds = options.Number("rounds", plan.rounds);
  plan.clients = options.Number("clients", plan.clients);
  const auto now = std::chrono::system_clock::now().time_since_epoch().count();
  plan.seed = static_cast<std::uint64_t>(options.Number("seed", now % 1'000'000));
  std::printf("seed %llu\n", static_cast<unsigned long long>(plan.seed));
  return StandbyTest(plan).Run() ? 0 : 1;
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
