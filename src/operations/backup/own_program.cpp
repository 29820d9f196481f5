#include "operations/backup/own_program.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "operations/backup/files.h"

namespace outpost::backup {
namespace {

constexpr int kLowPriority = 10;
constexpr int kPollMs = 1'000;

/// Waits for the child, whatever happens.
class Child {
 public:
  Child(std::vector<std::string> arguments, int output) {
    std::vector<char*> pointers;
    pointers.reserve(arguments.size() + 1);
    for (auto& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    // The server blocks the signals that end it; the child must not.
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    const int error =
        ::posix_spawn(&id_, "/proc/self/exe", &actions, &attributes, pointers.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (error != 0) ThrowFileProblem("/proc/self/exe", error);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    int status = 0;
    while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) {
    }
  }
  void Kill() const { ::kill(id_, SIGKILL); }

 private:
  pid_t id_ = -1;
};

/// @returns whether there may be more
bool ReadSome(int pipe, std::string& text) {
  char piece[4096];
  const auto got = ::read(pipe, piece, sizeof(piece));
  if (got < 0 && errno == EINTR) return true;
  if (got <= 0) return false;
  text.append(piece, static_cast<std::size_t>(got));
  return true;
}

}  // namespace

void RunOwnProgram(std::vector<std::string> arguments,
                   const std::function<bool(std::string_view line)>& line) {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) ThrowFileProblem("a pipe", errno);
  const Descriptor reading(ends[0]);
  Descriptor writing(ends[1]);
  const Child child(std::move(arguments), writing.number());
  writing = Descriptor();
  std::string text;
  for (;;) {
    struct pollfd wanted = {reading.number(), POLLIN, 0};
    const int ready = ::poll(&wanted, 1, kPollMs);
    if (ready > 0 && !ReadSome(reading.number(), text)) return;
    if (ready == 0 && !line({})) return child.Kill();
    for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
      if (!line(std::string_view(text).substr(0, end))) return child.Kill();
      text.erase(0, end + 1);
    }
  }
}

void LowerThreadPriority() {
  // On Linux "process 0" is the calling thread.
  ::setpriority(PRIO_PROCESS, 0, kLowPriority);
}

void StandBack() {
  ::setpriority(PRIO_PROCESS, 0, kLowPriority);
  constexpr int kWhoProcess = 1;
  constexpr int kIdleClass = 3 << 13;
  ::syscall(SYS_ioprio_set, kWhoProcess, 0, kIdleClass);
}

}  // namespace outpost::backup
