#include "cli/upgrade_switch.h"

#include <sys/wait.h>

#include <boost/json.hpp>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "base/clock.h"
#include "base/data_folder.h"
#include "base/problem.h"
#include "base/text.h"
#include "cli/admin_client.h"
#include "http/client.h"
#include "operations/health/health.h"

namespace outpost::cli {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

constexpr milliseconds kLook{20};
/// Migrations only add and back-fills run later, so a start takes seconds.
constexpr std::int64_t kStartMicrosMax = 120'000'000;
constexpr std::int64_t kHealthMicrosMax = 30'000'000;

/// Monitors excuse failed checks meanwhile.
class DeployFlag {
 public:
  explicit DeployFlag(const std::filesystem::path& data) : file_(data / health::kDeployFile) {
    std::ofstream(file_) << "outpost upgrade\n";
  }
  DeployFlag(const DeployFlag&) = delete;
  DeployFlag& operator=(const DeployFlag&) = delete;
  ~DeployFlag() {
    std::error_code ignored;
    std::filesystem::remove(file_, ignored);
  }

 private:
  const std::filesystem::path file_;
};

void Restart(const SwitchPlan& plan) {
  if (plan.restart_command.empty()) {
    CallServer(plan.data, "server.exec", "{}");
    return;
  }
  const int status = std::system(plan.restart_command.c_str());  // NOLINT(concurrency-mt-unsafe)
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
  throw Problem(ProblemKind::kInternal, "The restart command failed: " + plan.restart_command);
}

/// Not one that has ended and that nobody has asked about yet.
bool IsAlive(std::int64_t process) {
  std::error_code error;
  const auto program =
      std::filesystem::read_symlink("/proc/" + std::to_string(process) + "/exe", error);
  return !program.empty() || error == std::errc::permission_denied;
}

/// The server that was started after the switch, which began then. @throws Problem when none comes
RunningServer AwaitSuccessor(const SwitchPlan& plan, std::int64_t began,
                             std::int64_t& refused_micros) {
  auto last_answer = began;
  for (;;) {
    const auto now = SteadyMicros();
    const auto running = AskServer(plan.data);
    if (running && running->started != plan.started) {
      refused_micros = SteadyMicros() - last_answer;
      return *running;
    }
    if (running) last_answer = now;
    if (plan.restart_command.empty() && !IsAlive(plan.process)) {
      throw Problem(ProblemKind::kInternal, "The new program ended instead of serving.");
    }
    if (now - began > kStartMicrosMax) {
      throw Problem(ProblemKind::kInternal, "The new program did not answer in two minutes.");
    }
    std::this_thread::sleep_for(kLook);
  }
}

/// Empty when all is well.
std::string HealthProblem(const RunningServer& running) {
  std::string problem = "it has no address without TLS to ask.";
  for (const auto& address : running.addresses) {
    if (!address.starts_with("http://")) continue;
    const auto began = SteadyMicros();
    do {
      const auto answer = http::Client(address, std::chrono::seconds(20))
                              .Send(http::Method::kGet, "/serverup.txt", {}, "");
      if (answer.status == 200 && answer.body == "success") return {};
      problem = "/serverup.txt answers " + std::to_string(answer.status) + ": " + answer.body;
      std::this_thread::sleep_for(std::chrono::milliseconds(500));
    } while (SteadyMicros() - began < kHealthMicrosMax);
    return problem;
  }
  return {};  // behind TLS only: that it answers on its socket is what can be seen from here
}

std::string WhatIsWrong(const SwitchPlan& plan, const RunningServer& running) {
  if (running.version != plan.to_version) {
    return "Release " + running.version + " runs instead of " + plan.to_version + ".";
  }
  if (running.seq < plan.seq) {
    return "It is at position " + std::to_string(running.seq) + ", before the marked " +
           std::to_string(plan.seq) + ".";
  }
  return HealthProblem(running);
}

}  // namespace

std::optional<RunningServer> AskServer(const std::filesystem::path& data) {
  std::error_code ignored;
  if (!std::filesystem::exists(DataPaths{data}.admin_socket(), ignored)) return std::nullopt;
  try {
    const auto value = json::parse(AskRunning(data, "server.about", "{}"));
    const auto& about = value.as_object();
    RunningServer running;
    running.version = about.at("version").as_string();
    running.program = about.at("program").as_string();
    running.process = about.at("process").as_int64();
    running.started = about.at("started").as_int64();
    running.seq = about.at("seq").as_int64();
    running.newest_step = about.at("newest_step").as_int64();
    if (const auto* oldest = about.if_contains("oldest_step_allowed")) {
      running.oldest_step_allowed = ParseInt(std::string(oldest->as_string()));
    }
    for (const auto& address : about.at("addresses").as_array()) {
      running.addresses.emplace_back(address.as_string());
    }
    return running;
  } catch (const std::exception&) {
    return std::nullopt;  // it just stops or starts, or does not know the question
  }
}

SwitchDone SwitchServer(const SwitchPlan& plan, const std::function<void(std::string)>& tell) {
  SwitchDone done;
  try {
    RunningServer running;
    {
      const DeployFlag flag(plan.data);
      const auto began = SteadyMicros();
      Restart(plan);
      tell("the server stops, and goes on as " + plan.to_version);
      running = AwaitSuccessor(plan, began, done.refused_micros);
    }
    tell("it answers; its health is looked at");
    done.failure = WhatIsWrong(plan, running);
  } catch (const Problem& problem) {
    done.failure = problem.told();
  }
  return done;
}

}  // namespace outpost::cli
