#include "operations/pg_backup/detail/child.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <string_view>
#include <thread>

namespace outpost::pg_backup::detail {
namespace {

constexpr std::size_t kWordsMax = 4'096;
constexpr int kReadPatienceMs = 1'000;
constexpr int kCannotStart = 127;

std::vector<char*> PointersOf(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> EnvironmentOf(const std::map<std::string, std::string>& more) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    if (!more.contains(std::string(text.substr(0, text.find('='))))) all.emplace_back(text);
  }
  for (const auto& [name, value] : more) all.push_back(name + "=" + value);
  return all;
}

struct Pipe {
  backup::Descriptor reading, writing;
};

Pipe MakePipe() {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) backup::ThrowFileProblem("a pipe", errno);
  return {backup::Descriptor(ends[0]), backup::Descriptor(ends[1])};
}

/// After fork, in a process that had threads: only what is safe there.
[[noreturn]] void Become(const ChildPlan& plan, char** arguments, char** environment, int output,
                         int errors, pid_t parent) {
  if (plan.group && ::setgid(*plan.group) != 0) ::_exit(kCannotStart);
  if (plan.user && ::setuid(*plan.user) != 0) ::_exit(kCannotStart);
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
  if (::getppid() != parent) ::_exit(kCannotStart);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(errors, STDERR_FILENO);
  // The server blocks the signals that end it; the child must not.
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (plan.user && ::chdir("/") != 0) ::_exit(kCannotStart);
  ::execve(plan.program.c_str(), arguments, environment);
  ::_exit(kCannotStart);
}

}  // namespace

Child::Child(const ChildPlan& plan) {
  auto words = plan.arguments;
  words.insert(words.begin(), plan.program.string());
  auto variables = EnvironmentOf(plan.environment);
  auto arguments = PointersOf(words);
  auto environment = PointersOf(variables);
  Pipe out = MakePipe();
  Pipe err = MakePipe();
  backup::Descriptor file;
  if (!plan.output.empty()) {
    file = backup::Descriptor(
        ::open(plan.output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (file.number() < 0) backup::ThrowFileProblem(plan.output, errno);
  }
  const int output = file.number() >= 0 ? file.number() : out.writing.number();
  const int errors = file.number() >= 0 ? file.number() : err.writing.number();
  const pid_t parent = ::getpid();
  id_ = ::fork();
  if (id_ < 0) backup::ThrowFileProblem(plan.program, errno);
  if (id_ == 0) Become(plan, arguments.data(), environment.data(), output, errors, parent);
  output_ = std::move(out.reading);
  errors_ = std::move(err.reading);
  ::fcntl(errors_.number(), F_SETFL, O_NONBLOCK);
}

Child::~Child() {
  if (id_ <= 0) return;
  ::kill(id_, SIGKILL);
  while (::waitpid(id_, &status_, 0) < 0 && errno == EINTR) {
  }
}

void Child::TakeWords() {
  char piece[1024];
  for (;;) {
    const auto got = ::read(errors_.number(), piece, sizeof(piece));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    words_.append(piece, static_cast<std::size_t>(got));
  }
  if (words_.size() > kWordsMax) words_.erase(0, words_.size() - kWordsMax);
}

std::ptrdiff_t Child::Read(char* out, std::size_t length) {
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(kReadPatienceMs);
  bool has_errors = true;
  while (std::chrono::steady_clock::now() < deadline) {
    struct pollfd wanted[] = {{output_.number(), POLLIN, 0}, {errors_.number(), POLLIN, 0}};
    if (::poll(wanted, has_errors ? 2 : 1, kReadPatienceMs) <= 0) continue;
    if (has_errors && wanted[1].revents != 0) {
      TakeWords();
      has_errors = (wanted[1].revents & POLLHUP) == 0;
    }
    if (wanted[0].revents == 0) continue;
    const auto got = ::read(output_.number(), out, length);
    if (got < 0 && errno == EINTR) continue;
    return std::max<std::ptrdiff_t>(got, 0);
  }
  return -1;
}

bool Child::HasEnded(int wait_milliseconds) {
  if (id_ <= 0) return true;
  struct pollfd wanted = {errors_.number(), POLLIN, 0};
  ::poll(&wanted, 1, wait_milliseconds);
  TakeWords();
  const auto ended = ::waitpid(id_, &status_, WNOHANG);
  if (ended != id_) {
    if ((wanted.revents & POLLHUP) != 0) {  // it closed its outputs and goes on: do not spin
      std::this_thread::sleep_for(std::chrono::milliseconds(wait_milliseconds));
    }
    return false;
  }
  id_ = -1;
  TakeWords();
  return true;
}

bool Child::Wait() {
  while (!HasEnded(100)) {
  }
  return WIFEXITED(status_) && WEXITSTATUS(status_) == 0;
}

void Child::Signal(int number) const {
  if (id_ > 0) ::kill(id_, number);
}

}  // namespace outpost::pg_backup::detail
