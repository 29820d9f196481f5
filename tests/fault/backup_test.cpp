#include <sys/wait.h>

#include <boost/json.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <string>
#include <thread>

#include "fault/crowd.h"
#include "fault/options.h"
#include "fault/promise.h"
#include "store/sql/testing/scratch_folder.h"
#include "support/admin.h"
#include "support/server_process.h"

/// Kills a server that takes forms and ships its backup, restores elsewhere from nothing but the
/// backup, and compares, over and over:
///   backup_test PROGRAM [--rounds N] [--clients N] [--seed S]
///
/// While forms come in, the server is asked at random moments for its position and a digest of all
/// that forms left (test.digest). After kill -9 two of those positions that were shipped are
/// restored: each must give the same digest. The newest state is restored too: integrity, and every
/// form that the server showed as stored at a shipped position is there, with its case. Then the
/// server starts again, goes on with the same series of segments, and ships what it had committed:
/// at the end of a round nothing acknowledged is missing in the backup. A drill ends the test, and
/// a restore of one project space, which must have nothing of the others in it.
namespace outpost::tests {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr int kCases = 24;
constexpr std::chrono::seconds kPatience{120};
constexpr int kLoadMillisecondsMin = 400;
constexpr int kLoadMillisecondsSpread = 2'500;
constexpr std::chrono::milliseconds kDigestPause{60};
constexpr int kPositionsCompared = 2;

struct Plan {
  std::int64_t rounds = 5, clients = 8;
  std::uint64_t seed = 1;
};

class BackupTest {
 public:
  BackupTest(Plan plan, ServerPlan server)
      : plan_(plan), random_(plan.seed), server_(std::move(server)) {}

  bool Run() {
    server_.Start();
    AwaitBase();
    bool is_kept = true;
    for (std::int64_t round = 1; round <= plan_.rounds && is_kept; ++round) {
      is_kept = RunRound(round);
    }
    server_.Stop();
    is_kept = is_kept && HoldDrill() && RestoreOneProject();
    std::printf(
        "%lld rounds, %zu forms acknowledged, %d positions compared; behind at the kill: at "
        "most %lld forms; %s\n",
        static_cast<long long>(plan_.rounds), acknowledged_, compared_,
        static_cast<long long>(most_behind_), is_kept ? "all as it was" : "DIFFERENT");
    return is_kept && compared_ > 0 && acknowledged_ > 0;
  }

 private:
  fs::path folder() const { return server_.plan().folder; }
  fs::path place() const { return folder() / "backup"; }
  int Draw(int from, int to) { return std::uniform_int_distribution<int>(from, to)(random_); }

  json::object Shipping() {
    const auto status = Admin(server_.admin_origin()).Run("backup.status");
    const auto* shipping = status.as_object().if_contains("shipping");
    if (shipping == nullptr) {
      throw std::runtime_error("nothing is shipped: " + serialize(status));
    }
    return shipping->as_object();
  }

  template <class Condition>
  void Await(const char* what, const Condition& condition) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (!condition(Shipping())) {
      if (std::chrono::steady_clock::now() > deadline) {
        throw std::runtime_error(std::string("waited too long for ") + what + ": " +
                                 json::serialize(Shipping()));
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }
  void AwaitBase() {
    Await("the base", [](const json::object& now) { return now.at("has_base").as_bool(); });
    series_ = Shipping().at("series").as_string();
  }

  bool RunRound(std::int64_t number) {
    const std::string project = "round-" + std::to_string(number);
    broken_.clear();
    {
      Admin admin(server_.admin_origin());
      admin.Run("project.create", {{"name", project}});
      admin.Run("project.secure", {{"name", project}, {"on", false}});
    }
    std::map<std::int64_t, std::string> digests;
    std::vector<SentForm> sent;
    {
      Crowd crowd(server_.origin(), project, static_cast<int>(plan_.clients), kCases);
      const auto end =
          std::chrono::steady_clock::now() +
          std::chrono::milliseconds(kLoadMillisecondsMin + Draw(0, kLoadMillisecondsSpread));
      Admin admin(server_.admin_origin());
      while (std::chrono::steady_clock::now() < end) {
        const auto seen = admin.Run("test.digest");
        digests[seen.at("seq").as_int64()] = seen.at("digest").as_string();
        std::this_thread::sleep_for(kDigestPause);
      }
      if (number % 2 == 0) admin.Run("backup.now");  // killed within a base
      server_.Kill();
      sent = crowd.Stop();
    }
    server_.CheckLog();
    const auto shipped = CompareNewest(project, sent);
    ComparePositions(digests, shipped);
    GoOn(project, sent);
    Tell(number, sent.size(), digests.size());
    return broken_.empty();
  }

  /// From nothing but the backup. @returns the position that it has
  std::int64_t CompareNewest(const std::string& project, const std::vector<SentForm>& sent) {
    const auto other = Restore("");
    ServerProcess server(PlanOf(other.folder));
    server.Start();
    Admin admin(server.admin_origin());
    const auto integrity = admin.Run("test.integrity").at("problems");
    if (!integrity.as_string().empty()) Break("integrity: " + json::serialize(integrity));
    if (admin.Run("test.digest").at("seq").as_int64() != other.seq) {
      Break("the restored server is not at the position that was told");
    }
    // Those that are there must be whole; the last second may be missing.
    std::set<std::string> there;
    const auto forms = admin.Run("test.forms", {{"project", project}});
    for (const auto& form : forms.as_array()) {
      there.emplace(form.at("form_id").as_string());
    }
    auto expected = sent;
    std::int64_t behind = 0;
    for (auto& form : expected) {
      if (!form.is_acknowledged || there.contains(form.form_id)) continue;
      form.is_acknowledged = false;
      ++behind;
    }
    most_behind_ = std::max(most_behind_, behind);
    for (const auto& what : CheckPromise(admin, project, expected).broken) {
      Break("restored: " + what);
    }
    server.Stop();
    fs::remove_all(other.folder);
    return other.seq;
  }

  void ComparePositions(const std::map<std::int64_t, std::string>& digests, std::int64_t shipped) {
    std::vector<std::int64_t> positions;
    for (const auto& [seq, digest] : digests) {
      if (seq <= shipped) positions.push_back(seq);
    }
    std::shuffle(positions.begin(), positions.end(), random_);
    if (positions.size() > kPositionsCompared) positions.resize(kPositionsCompared);
    for (const auto seq : positions) {
      const auto other = Restore("--seq " + std::to_string(seq));
      ServerProcess server(PlanOf(other.folder));
      server.Start();
      const auto found = Admin(server.admin_origin()).Run("test.digest");
      if (found.at("seq").as_int64() != seq || found.at("digest").as_string() != digests.at(seq)) {
        Break("position " + std::to_string(seq) + " is not what it was");
      }
      server.Stop();
      fs::remove_all(other.folder);
      ++compared_;
    }
  }

  /// The machine comes back: nothing that was acknowledged is missing in the backup then.
  void GoOn(const std::string& project, const std::vector<SentForm>& sent) {
    server_.Start();
    Await("the rest", [](const json::object& now) {
      return now.at("waiting_segments").as_int64() == 0 &&
             now.at("sent_seq").as_int64() >= now.at("committed_seq").as_int64() &&
             now.at("committed_seq").as_int64() > 0;
    });
    if (Shipping().at("series").as_string() != json::string_view(series_)) {
      Break("another series began after the kill");
    }
    const auto other = Restore("");
    ServerProcess server(PlanOf(other.folder));
    server.Start();
    Admin admin(server.admin_origin());
    for (const auto& what : CheckPromise(admin, project, sent).broken) Break("after: " + what);
    server.Stop();
    fs::remove_all(other.folder);
    if (first_.empty()) first_ = sent;
    for (const auto& form : sent) acknowledged_ += form.is_acknowledged ? 1U : 0U;
  }

  /// What the server does by itself once a day.
  bool HoldDrill() {
    const auto command = server_.plan().program + " backup drill --data " +
                         server_.data().string() + " --from " + place().string() + " --key " +
                         (folder() / "backup.key").string();
    const int status = std::system(command.c_str());  // NOLINT(concurrency-mt-unsafe)
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

  /// The first round's project space alone: all of its forms, and not a word of another one.
  bool RestoreOneProject() {
    broken_.clear();
    const auto other = Restore("--project round-1");
    ServerProcess server(PlanOf(other.folder));
    {
      std::ifstream file(server.data() / "outpost.db", std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(file), {}};
      if (bytes.find("round-2") != std::string::npos)
        Break("another project's name is in the file");
    }
    server.Start();
    Admin admin(server.admin_origin());
    for (const auto& what : CheckPromise(admin, "round-1", first_).broken) {
      Break("one project: " + what);
    }
    server.Stop();
    for (const auto& broken : broken_) std::printf("  %s\n", broken.c_str());
    return broken_.empty();
  }

  struct Restored {
    fs::path folder;
    std::int64_t seq = 0;
  };
  Restored Restore(const std::string& target) {
    const auto to = folder() / ("restored-" + std::to_string(++restores_));
    fs::create_directories(to);
    const auto said = to / "said.json";
    const auto command = server_.plan().program + " restore --from " + place().string() +
                         " --key " + (folder() / "backup.key").string() + " --data " +
                         (to / "data").string() + " --json " + target + " > " + said.string();
    const int status = std::system(command.c_str());  // NOLINT(concurrency-mt-unsafe)
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
      throw std::runtime_error("restore failed: " + command);
    }
    std::FILE* file = std::fopen(said.c_str(), "r");
    std::string text(100'000, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), file));
    std::fclose(file);
    return {to, json::parse(text).at("seq").as_int64()};
  }

  ServerPlan PlanOf(const fs::path& other) const {
    return {server_.plan().program, other, {}, {{"server.log_requests", "false"}}, {}};
  }

  void Tell(std::int64_t number, std::size_t sent, std::size_t digests) {
    std::printf("round %lld: %zu forms sent, %zu positions seen, %s\n",
                static_cast<long long>(number), sent, digests,
                broken_.empty() ? "as it was" : "DIFFERENT");
    for (const auto& broken : broken_) std::printf("  %s\n", broken.c_str());
    std::fflush(stdout);
  }
  void Break(const std::string& what) { broken_.push_back(what); }

  Plan plan_;
  std::mt19937_64 random_;
  ServerProcess server_;
  std::string series_;
  std::vector<SentForm> first_;  // of the first round
  std::vector<std::string> broken_;
  int restores_ = 0, compared_ = 0;
  std::size_t acknowledged_ = 0;
  std::int64_t most_behind_ = 0;
};

int Main(int argc, char** argv) {
  const auto options = ReadOptions(argc, argv);
  if (options.words.size() != 1) {
    std::fputs("usage: backup_test PROGRAM [--rounds N] [--clients N] [--seed S]\n", stderr);
    return 2;
  }
  sql_testing::ScratchFolder folder;
  ServerPlan server{options.words[0],
                    folder.path(),
                    {},
                    {{"server.log_requests", "false"},
                     {"backup.to", (folder.path() / "backup").string()},
                     {"backup.key", (folder.path() / "backup.key").string()},
                     {"backup.drill_hours", "0"}},
                    {}};
  Plan plan;
  plan.rounds = options.Number("rounds", plan.rounds);
  plan.clients = options.Number("clients", plan.clients);
  const auto now = std::chrono::system_clock::now().time_since_epoch().count();
  plan.seed = static_cast<std::uint64_t>(options.Number("seed", now % 1'000'000));
  std::printf("seed %llu\n", static_cast<unsigned long long>(plan.seed));
  return BackupTest(plan, server).Run() ? 0 : 1;
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
