#include <sys/wait.h>

#include <atomic>
#include <boost/json.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "base/ids.h"
#include "fault/crowd.h"
#include "fault/options.h"
#include "fault/promise.h"
#include "store/sql/testing/scratch_folder.h"
#include "support/admin.h"
#include "support/raw_client.h"
#include "support/server_process.h"

/// Switches a server that takes forms to another program and back, and looks at what is there:
///   upgrade_test PROGRAM NEXT [--clients N] [--seconds N]
///
/// Clients go on as phones do: what is refused is sent again. Afterwards every acknowledged form is
/// there once, from before, between and after. A program that does not serve is returned from.
namespace outpost::tests {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using Steady = std::chrono::steady_clock;

constexpr int kCases = 24;
const std::string kProject = "upgraded";
constexpr std::chrono::milliseconds kAgain{20};
/// Design: under ten seconds without answers.
constexpr std::chrono::seconds kRefusedMax{10};

/// Sends forms, again and again where it must, and knows the longest time without an answer.
class Phone {
 public:
  explicit Phone(std::string origin) : origin_(std::move(origin)), thread_([this] { Work(); }) {}
  ~Phone() { Stop(); }
  Phone(const Phone&) = delete;
  Phone& operator=(const Phone&) = delete;

  std::vector<SentForm> Stop() {
    is_stopping_ = true;
    if (thread_.joinable()) thread_.join();
    return sent_;
  }
  std::int64_t acknowledged() const { return acknowledged_; }
  std::chrono::milliseconds longest() const { return std::chrono::milliseconds(longest_); }
  std::int64_t odd() const { return odd_; }

 private:
  void Work() {
    auto last = Steady::now();
    for (int number = 0; !is_stopping_; ++number) {
      sent_.push_back({NewUuid(), "case-" + std::to_string(number % kCases), false, false});
      while (!is_stopping_) {
        RawClient& client = Connection();
        const int status = PostForm(client, kProject, sent_.back());
        if (status == 201) break;
        if (status != 0 && status != 503) ++odd_;  // phones must never see another refusal
        if (status == 0) client_.reset();
        std::this_thread::sleep_for(kAgain);
      }
      if (is_stopping_) return;
      const auto now = Steady::now();
      const auto gap = std::chrono::duration_cast<std::chrono::milliseconds>(now - last).count();
      longest_ = std::max<std::int64_t>(longest_, gap);
      last = now;
      sent_.back().is_acknowledged = true;
      ++acknowledged_;
    }
  }
  RawClient& Connection() {
    if (!client_) client_ = std::make_unique<RawClient>(origin_);
    return *client_;
  }

  const std::string origin_;
  std::unique_ptr<RawClient> client_;
  std::vector<SentForm> sent_;
  std::atomic<bool> is_stopping_{false};
  std::atomic<std::int64_t> acknowledged_{0}, odd_{0}, longest_{0};
  std::thread thread_;
};

struct Plan {
  std::string program, next;
  int clients = 4;
  std::chrono::seconds pause{1};
};

class UpgradeTest {
 public:
  explicit UpgradeTest(Plan plan)
      : plan_(std::move(plan)),
        installed_(folder_.path() / "bin" / "outpost"),
        server_(PlanOfServer()) {}

  bool Run() {
    server_.Start();
    Admin admin(server_.admin_origin());
    admin.Run("project.create", {{"name", kProject}});
    admin.Run("project.secure", {{"name", kProject}, {"on", false}});
    std::vector<std::unique_ptr<Phone>> phones;
    for (int i = 0; i < plan_.clients; ++i) {
      phones.push_back(std::make_unique<Phone>(server_.origin()));
    }
    GoOn(phones);
    ExpectRefused();
    Switch("apply --to " + plan_.next, 0, "99.0.0");
    GoOn(phones);
    Switch("undo", 0, before_);
    GoOn(phones);
    Switch("apply --to " + Broken(), 1, before_);
    if (!server_.WaitForEnd(std::chrono::seconds(10))) Break("the broken program runs");
    server_.Start();  // as whoever supervises does
    GoOn(phones);
    return Compare(phones);
  }

 private:
  /// A port of its own: the successor takes the same.
  ServerPlan PlanOfServer() {
    fs::create_directories(installed_.parent_path());
    fs::copy_file(plan_.program, installed_);
    const int port = 20'000 + static_cast<int>(::getpid() % 20'000);
    ServerPlan plan{
        installed_.string(), folder_.path(), {}, {{"server.log_requests", "false"}}, {}};
    plan.verb = {"serve", "--test-doors", "--listen", "127.0.0.1:" + std::to_string(port)};
    return plan;
  }

  /// Answers as a program of a later release, and does not serve.
  std::string Broken() {
    const auto path = folder_.path() / "broken";
    std::ofstream(path) << "#!/bin/sh\n[ \"$1\" = serve ] && exit 1\nexec " << plan_.next
                        << " \"$@\"\n";
    fs::permissions(path, fs::perms(0755));
    return path.string();
  }

  int Call(const std::string& words) {
    const auto command = plan_.program + " upgrade " + words + " --data " +
                         server_.data().string() + " --json > " + said().string();
    const int status = std::system(command.c_str());  // NOLINT(concurrency-mt-unsafe)
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  fs::path said() const { return folder_.path() / "said.json"; }
  json::object Said() const {
    std::ifstream file(said());
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    return json::parse(text).as_object();
  }
  std::string RunningVersion() {
    const auto about = Admin(server_.admin_origin()).Run("server.about");
    return std::string(about.at("version").as_string());
  }

  void ExpectRefused() {
    before_ = RunningVersion();
    if (Call("apply --to /bin/true") != 2 || Call("undo") != 2) Break("a refusal is missing");
    // A release that cannot say how it is: nobody could see whether the way back worked.
    const fs::path old = installed_.string() + ".previous";
    std::ofstream(old) << "#!/bin/sh\n[ \"$1\" = --version ] && echo 0.1.0\n";
    fs::permissions(old, fs::perms(0755));
    if (Call("undo") != 2) Break("a way back that nobody can watch was tried");
    fs::remove(old);
    if (RunningVersion() != before_) Break("a refused switch changed something");
  }

  void Switch(const std::string& words, int expected, const std::string& version) {
    if (Call(words) != expected) return Break(words + ": another exit code than expected");
    const auto said = Said();
    std::printf("%s: %s, no answers for %.2f s\n", words.substr(0, words.find(' ')).c_str(),
                std::string(said.at("outcome").as_string()).c_str(),
                static_cast<double>(said.at("refused_micros").as_int64()) / 1e6);
    if (expected == 0 && RunningVersion() != version) Break(words + ": it runs another release");
  }

  void GoOn(const std::vector<std::unique_ptr<Phone>>& phones) {
    std::this_thread::sleep_for(plan_.pause);
    const auto before = phones.front()->acknowledged();
    const auto deadline = Steady::now() + std::chrono::seconds(60);
    while (phones.front()->acknowledged() <= before) {
      if (Steady::now() > deadline) throw std::runtime_error("forms are not taken any more");
      std::this_thread::sleep_for(kAgain);
    }
  }

  bool Compare(std::vector<std::unique_ptr<Phone>>& phones) {
    std::vector<SentForm> sent;
    std::chrono::milliseconds longest{0};
    for (auto& phone : phones) {
      const auto some = phone->Stop();
      sent.insert(sent.end(), some.begin(), some.end());
      longest = std::max(longest, phone->longest());
      if (phone->odd() > 0) Break("a phone was refused otherwise than with 503");
    }
    Admin admin(server_.admin_origin());
    const auto check = CheckPromise(admin, kProject, sent);
    for (const auto& what : check.broken) Break(what);
    server_.Stop();
    std::printf(
        "%zu forms acknowledged over three switches; longest time without an answer %.2f s\n",
        check.acknowledged, static_cast<double>(longest.count()) / 1e3);
    if (!IsSanitized() && longest > kRefusedMax) Break("phones waited longer than ten seconds");
    for (const auto& broken : broken_) std::printf("  %s\n", broken.c_str());
    return broken_.empty() && check.acknowledged > 0;
  }

  void Break(const std::string& what) { broken_.push_back(what); }

  const sql_testing::ScratchFolder folder_;
  const Plan plan_;
  const fs::path installed_;
  ServerProcess server_;
  std::string before_;
  std::vector<std::string> broken_;
};

int Main(int argc, char** argv) {
  const auto options = ReadOptions(argc, argv);
  if (options.words.size() != 2) {
    std::fputs("usage: upgrade_test PROGRAM NEXT [--clients N] [--seconds N]\n", stderr);
    return 2;
  }
  Plan plan;
  plan.program = fs::absolute(options.words[0]).string();
  plan.next = fs::absolute(options.words[1]).string();
  plan.clients = static_cast<int>(options.Number("clients", plan.clients));
  plan.pause = std::chrono::seconds(options.Number("seconds", plan.pause.count()));
  return UpgradeTest(plan).Run() ? 0 : 1;
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
