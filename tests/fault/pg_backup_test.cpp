#include <sys/wait.h>

#include <boost/json.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <thread>

#include "base/clock.h"
#include "base/instant.h"
#include "fault/crowd.h"
#include "fault/options.h"
#include "fault/promise.h"
#include "store/sql/testing/scratch_folder.h"
#include "store/sql/testing/scratch_postgresql.h"
#include "support/admin.h"
#include "support/server_process.h"

/// Kills a server on PostgreSQL that takes forms and ships its backup, restores elsewhere from
/// nothing but the backup, starts PostgreSQL on it and compares, over and over:
///   pg_backup_test PROGRAM [--rounds N] [--clients N] [--seed S]
///
/// After kill -9 the newest state is restored: every form that is there is whole, with its case;
/// the last seconds may be missing. Then the server starts again and ships what it had committed:
/// a restore shows the same digest of all that forms left, and nothing acknowledged is missing. The
/// last round goes back to a moment between two rounds. A drill proves the backup, and finds it
/// damaged when it was.
namespace outpost::tests {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr int kSkipped = 77;
constexpr int kCases = 24;
constexpr std::chrono::seconds kPatience{120};
constexpr int kLoadMillisecondsMin = 800;
constexpr int kLoadMillisecondsSpread = 2'500;
/// Between a moment and what is committed before and after it.
constexpr std::chrono::milliseconds kApart{1'500};

struct Plan {
  std::int64_t rounds = 2, clients = 8;
  std::uint64_t seed = 1;
};

std::string ReadAll(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

class PgBackupTest {
 public:
  PgBackupTest(Plan plan, ServerPlan server)
      : plan_(plan), random_(plan.seed), server_(std::move(server)) {}

  bool Run() {
    server_.Start();
    Await("the base", [](const json::object& now) { return now.at("has_base").as_bool(); });
    for (std::int64_t round = 1; round <= plan_.rounds && broken_.empty(); ++round) {
      RunRound(round);
    }
    if (broken_.empty()) CompareMoment();
    if (broken_.empty()) HoldDrill();
    server_.Stop();
    if (broken_.empty()) FindDamages();
    for (const auto& broken : broken_) std::printf("  %s\n", broken.c_str());
    std::printf("%lld rounds, %zu forms acknowledged, behind at the kill: at most %lld forms; %s\n",
                static_cast<long long>(plan_.rounds), acknowledged_,
                static_cast<long long>(most_behind_),
                broken_.empty() ? "all as it was" : "DIFFERENT");
    return broken_.empty() && acknowledged_ > 0;
  }

 private:
  fs::path folder() const { return server_.plan().folder; }
  fs::path place() const { return folder() / "backup"; }
  int Draw(int from, int to) { return std::uniform_int_distribution<int>(from, to)(random_); }
  void Break(const std::string& what) { broken_.push_back(what); }

  json::object Shipping() {
    const auto status = Admin(server_.admin_origin()).Run("backup.status");
    const auto* shipping = status.as_object().if_contains("shipping");
    if (shipping == nullptr) {
      throw std::runtime_error("nothing is shipped: " + serialize(status));
    }
    return shipping->as_object();
  }
  void Await(const char* what, const std::function<bool(const json::object&)>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (!condition(Shipping())) {
      if (std::chrono::steady_clock::now() > deadline) {
        throw std::runtime_error(std::string("waited too long for ") + what + ": " +
                                 json::serialize(Shipping()) + server_.log_tail());
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }
  std::string Digest() { return json::serialize(Admin(server_.admin_origin()).Run("test.digest")); }

  void RunRound(std::int64_t number) {
    const std::string project = "round-" + std::to_string(number);
    {
      Admin admin(server_.admin_origin());
      admin.Run("project.create", {{"name", project}});
      admin.Run("project.secure", {{"name", project}, {"on", false}});
    }
    std::vector<SentForm> sent;
    {
      Crowd crowd(server_.origin(), project, static_cast<int>(plan_.clients), kCases);
      std::this_thread::sleep_for(
          std::chrono::milliseconds(kLoadMillisecondsMin + Draw(0, kLoadMillisecondsSpread)));
      server_.Kill();
      sent = crowd.Stop();
    }
    server_.CheckLog();
    Compare("", [&](ServerProcess& server) { LookAtRest(server, project, sent); });
    server_.Start();
    const auto seq = Admin(server_.admin_origin()).Run("test.digest").at("seq").as_int64();
    Await("the rest",
          [&](const json::object& now) { return now.at("sent_seq").as_int64() >= seq; });
    const auto expected = Digest();
    Compare("", [&](ServerProcess& server) {
      Admin admin(server.admin_origin());
      if (json::serialize(admin.Run("test.digest")) != expected) {
        Break("what was restored is not what the server has");
      }
      for (const auto& what : CheckPromise(admin, project, sent).broken) Break("after: " + what);
    });
    for (const auto& form : sent) acknowledged_ += form.is_acknowledged ? 1U : 0U;
    if (number == 1) {
      std::this_thread::sleep_for(kApart);
      moment_ = FormatT6(SystemClock().Now());
      at_moment_ = expected;
      std::this_thread::sleep_for(kApart);
    }
    std::printf("round %lld: %zu forms sent, %s\n", static_cast<long long>(number), sent.size(),
                broken_.empty() ? "as it was" : "DIFFERENT");
    std::fflush(stdout);
  }

  /// Those that are there must be whole; the last seconds may be missing.
  void LookAtRest(ServerProcess& server, const std::string& project,
                  const std::vector<SentForm>& sent) {
    Admin admin(server.admin_origin());
    const auto integrity = admin.Run("test.integrity").at("problems");
    if (!integrity.as_string().empty()) Break("integrity: " + json::serialize(integrity));
    std::set<std::string> there;
    try {
      const auto forms = admin.Run("test.forms", {{"project", project}});
      for (const auto& form : forms.as_array()) there.emplace(form.at("form_id").as_string());
    } catch (const std::runtime_error&) {
      std::puts("the project space was made within the last seconds");
      return;
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
  }

  void CompareMoment() {
    Compare("--at " + moment_, [&](ServerProcess& server) {
      const auto found = json::serialize(Admin(server.admin_origin()).Run("test.digest"));
      if (found != at_moment_) Break("the moment is not what it was: " + found + at_moment_);
    });
  }

  /// Restores, starts PostgreSQL and a server on it, and looks.
  void Compare(const std::string& target, const std::function<void(ServerProcess&)>& look) {
    const auto to = folder() / ("restored-" + std::to_string(++restores_));
    fs::create_directories(to);
    const auto said = to / "said.json";
    if (Run("restore --from " + place().string() + " --key " + key() + " --data " +
            (to / "data").string() + " --json " + target + " > " + said.string()) != 0) {
      throw std::runtime_error("restore failed");
    }
    const auto told = json::parse(ReadAll(said));
    {
      const auto database = sql_testing::ScratchPostgresql::On(to / "data" / "postgresql");
      if (database == nullptr) throw std::runtime_error("PostgreSQL did not go on");
      ServerProcess server({server_.plan().program,
                            to,
                            database->LocationOf(std::string(told.at("database").as_string())),
                            {{"server.log_requests", "false"}},
                            {}});
      server.Start();
      look(server);
      server.Stop();
    }
    fs::remove_all(to);
  }

  std::string key() const { return (folder() / "backup.key").string(); }
  /// @returns the exit code
  int Run(const std::string& words) const {
    const auto command = server_.plan().program + " " + words;
    const int status = std::system(command.c_str());  // NOLINT(concurrency-mt-unsafe)
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  std::string CheckWords(const char* verb) const {
    return std::string("backup ") + verb + " --data " + server_.data().string() + " --from " +
           place().string() + " --key " + key();
  }

  /// What the server does by itself once a day.
  void HoldDrill() {
    if (Run(CheckWords("verify")) != 0) Break("a whole backup does not verify");
    if (Run(CheckWords("drill")) != 0) Break("the drill did not prove the backup");
    if (Run("restore --from " + place().string() + " --key " + key() + " --data " +
            (folder() / "never").string() + " --seq 5") != 2) {
      Break("a restore to a position was not refused");
    }
  }

  fs::path OneOf(const char* below, const char* end) {
    for (const auto& entry : fs::recursive_directory_iterator(place() / below)) {
      if (entry.path().string().ends_with(end)) return entry.path();
    }
    throw std::runtime_error(std::string("no file below ") + below);
  }

  void FindDamages() {
    const auto part = OneOf("pg-base", "000000.part");
    const auto whole = ReadAll(part);
    auto turned = whole;
    turned[turned.size() / 2] ^= 1;
    std::ofstream(part, std::ios::binary) << turned;
    if (Run(CheckWords("verify")) != 1) Break("a turned bit was not found by verify");
    if (Run(CheckWords("drill")) != 1) Break("a turned bit was not found by the drill");
    std::ofstream(part, std::ios::binary) << whole;
    fs::rename(place() / "pg-wal", folder() / "taken");
    if (Run(CheckWords("verify")) != 1) Break("the missing log was not found by verify");
    fs::rename(folder() / "taken", place() / "pg-wal");
    if (Run(CheckWords("verify")) != 0) Break("the mended backup does not verify");
  }

  Plan plan_;
  std::mt19937_64 random_;
  ServerProcess server_;
  std::vector<std::string> broken_;
  std::string moment_, at_moment_;
  int restores_ = 0;
  std::size_t acknowledged_ = 0;
  std::int64_t most_behind_ = 0;
};

int Main(int argc, char** argv) {
  const auto options = ReadOptions(argc, argv);
  if (options.words.size() != 1) {
    std::fputs("usage: pg_backup_test PROGRAM [--rounds N] [--clients N] [--seed S]\n", stderr);
    return 2;
  }
  auto* postgresql = sql_testing::ScratchPostgresql::Shared();
  if (postgresql == nullptr) return kSkipped;
  sql_testing::ScratchFolder folder;
  ServerPlan server{options.words[0],
                    folder.path(),
                    postgresql->NewDatabase(),
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
  return PgBackupTest(plan, server).Run() ? 0 : 1;
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
