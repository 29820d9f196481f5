#include "support/server_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/text.h"

extern "C" char** environ;

namespace outpost::tests {
namespace {

using Steady = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kPause{5};
constexpr std::size_t kTailBytes = 3000;
constexpr std::string_view kReadyWords = "Listening on http://";

std::string ReadWhole(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string VariableOf(const std::string& setting) {
  std::string name = "OUTPOST_" + setting;
  for (char& letter : name) {
    letter =
        letter == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  }
  return name;
}

/// The test's own environment without what would reach into the server, and the plan's.
std::vector<std::string> EnvironmentOf(const ServerPlan& plan) {
  std::vector<std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!std::string_view(*entry).starts_with("OUTPOST_")) variables.emplace_back(*entry);
  }
  // Freed memory goes back soon, so that memory limits mean something with the sanitizer too.
  variables.emplace_back("ASAN_OPTIONS=quarantine_size_mb=8:detect_leaks=1");
  for (const auto& [name, value] : plan.settings) {
    variables.push_back(VariableOf(name) + "=" + value);
  }
  for (const auto& [name, value] : plan.environment) variables.push_back(name + "=" + value);
  return variables;
}

std::vector<char*> PointersOf(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (auto& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::int64_t StatusBytes(pid_t process, std::string_view key) {
  std::istringstream lines(ReadWhole("/proc/" + std::to_string(process) + "/status"));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(key)) continue;
    std::istringstream words(line.substr(key.size()));
    std::int64_t kib = 0;
    words >> kib;
    return kib * 1024;
  }
  return 0;
}

}  // namespace

bool IsSanitized() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return true;
#else
  return false;
#endif
}

ServerProcess::~ServerProcess() {
  if (process_ > 0) Kill();
}

void ServerProcess::Launch() {
  std::filesystem::create_directories(data());
  ++starts_;
  const std::string out = plan_.folder / ("server-" + std::to_string(starts_) + ".out");
  const std::string log = plan_.folder / ("server-" + std::to_string(starts_) + ".log");
  std::vector<std::string> words = plan_.verb;
  if (words.empty()) words = {"serve", "--test-doors"};
  words.insert(words.begin(), plan_.program);
  words.insert(words.end(), {"--data", data().string()});
  const bool has_address = std::find(words.begin(), words.end(), "--listen") != words.end();
  if (!has_address) words.insert(words.end(), {"--listen", "127.0.0.1:0"});
  if (!plan_.database.empty()) words.insert(words.end(), {"--database", plan_.database});
  auto variables = EnvironmentOf(plan_);
  auto arguments = PointersOf(words);
  auto environment = PointersOf(variables);
  const pid_t parent = ::getpid();
  process_ = ::fork();
  if (process_ < 0) throw ServerError("fork failed");
  if (process_ > 0) return;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(126);
  ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), STDOUT_FILENO);
  ::dup2(::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), STDERR_FILENO);
  ::execve(arguments[0], arguments.data(), environment.data());
  ::_exit(127);
}

void ServerProcess::Start() {
  if (process_ > 0) throw ServerError("the server runs already");
  Launch();
  AwaitReady();
}

void ServerProcess::AwaitSuccessor() { AwaitReady(output().find(kReadyWords) + 1); }

void ServerProcess::AwaitReady(std::size_t output_before) {
  const auto deadline = Steady::now() + kStartTimeMax;
  while (Steady::now() < deadline) {
    const std::string text = output();
    const auto at = text.find(kReadyWords, output_before);
    const auto end = at == std::string::npos ? at : text.find('\n', at);
    if (end != std::string::npos) {
      const auto start = at + std::string_view("Listening on ").size();
      origin_ = text.substr(start, end - start);
      return;
    }
    if (!is_running()) {
      throw ServerError("the server ended instead of starting:\n" + output() + log_tail());
    }
    std::this_thread::sleep_for(kPause);
  }
  Kill();
  throw ServerError("the server did not say that it listens:\n" + output() + log_tail());
}

void ServerProcess::Reap() {
  int status = 0;
  if (process_ > 0 && ::waitpid(process_, &status, WNOHANG) == process_) {
    exit_status_ = status;
    process_ = -1;
  }
}

bool ServerProcess::is_running() {
  Reap();
  return process_ > 0;
}

void ServerProcess::Kill() {
  if (process_ <= 0) return;
  ::kill(process_, SIGKILL);
  ::waitpid(process_, &exit_status_, 0);
  process_ = -1;
}

void ServerProcess::ShootDown() const {
  if (process_ > 0) ::kill(process_, SIGKILL);
}

bool ServerProcess::WaitForEnd(std::chrono::milliseconds time) {
  const auto deadline = Steady::now() + time;
  while (is_running()) {
    if (Steady::now() > deadline) return false;
    std::this_thread::sleep_for(kPause);
  }
  return true;
}

void ServerProcess::Stop() {
  if (!is_running()) throw ServerError("the server ended by itself:\n" + log_tail());
  ::kill(process_, SIGTERM);
  if (!WaitForEnd(kStopTimeMax)) {
    Kill();
    throw ServerError("the server did not stop:\n" + log_tail());
  }
  CheckLog();
  if (!WIFEXITED(exit_status_) || WEXITSTATUS(exit_status_) != 0) {
    throw ServerError("the server did not stop with exit code 0:\n" + log_tail());
  }
}

std::int64_t ServerProcess::resident_bytes() const { return StatusBytes(process_, "VmRSS:"); }
std::int64_t ServerProcess::peak_bytes() const { return StatusBytes(process_, "VmHWM:"); }

void ServerProcess::ResetPeak() const {
  std::ofstream("/proc/" + std::to_string(process_) + "/clear_refs") << "5";
}

std::string ServerProcess::output() const {
  return ReadWhole(plan_.folder / ("server-" + std::to_string(starts_) + ".out"));
}

std::string ServerProcess::log_text() const {
  return ReadWhole(plan_.folder / ("server-" + std::to_string(starts_) + ".log"));
}

std::string ServerProcess::log_tail() const {
  const auto text = log_text();
  return text.substr(text.size() - std::min(text.size(), kTailBytes));
}

void ServerProcess::CheckLog() const {
  const auto text = log_text();
  for (const char* words : {"Sanitizer", "runtime error:"}) {
    const auto at = text.find(words);
    if (at == std::string::npos) continue;
    throw ServerError("a sanitizer spoke:\n" +
                      text.substr(at - std::min<std::size_t>(at, 200), kTailBytes));
  }
}

}  // namespace outpost::tests
