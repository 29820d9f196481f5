#include "store/sftp/detail/pipe.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "base/problem.h"
#include "base/text.h"
#include "store/sftp/packets.h"

namespace outpost::sftp::detail {
namespace {

constexpr int kLookMs = 200;
constexpr std::size_t kReadBytes = 64 * 1024;
constexpr off_t kComplaintBytesMax = 2'000;
constexpr std::size_t kComplaintShownMax = 400;
constexpr int kFarewellLooks = 20;
constexpr std::chrono::milliseconds kFarewellPause{50};

/// The child's side of the spawn: no signal blocked, nothing open but its three files, a group of
/// its own, so that Ctrl-C in a terminal lets us finish first.
int Spawn(std::vector<std::string> program, int socket, int complaints, pid_t& id) {
  std::vector<char*> pointers;
  for (auto& argument : program) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, socket, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, socket, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, complaints, STDERR_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, defaults;
  sigemptyset(&none);
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  const int error =
      ::posix_spawnp(&id, pointers.front(), &actions, &attributes, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return error;
}

}  // namespace

Pipe::Pipe(const std::vector<std::string>& program, std::string where,
           std::chrono::milliseconds answer_time, const std::atomic<bool>& is_interrupted)
    : where_(std::move(where)), answer_time_(answer_time), is_interrupted_(is_interrupted) {
  int ends[2] = {-1, -1};
  // A socket rather than two pipes: writing to a program that has ended is an error, not a signal.
  OUTPOST_CHECK(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
  socket_ = ends[0];
  complaints_ = ::memfd_create("complaints", MFD_CLOEXEC);
  const int error = Spawn(program, ends[1], complaints_, id_);
  ::close(ends[1]);
  if (error != 0) {
    ::close(socket_);
    ::close(complaints_);
    throw Problem(ProblemKind::kInternal, "The program " + program.front() +
                                              " cannot be started: " + std::strerror(error) +
                                              ". It is in Debian's package openssh-client.");
  }
}

Pipe::~Pipe() {
  ::close(socket_);
  ::kill(id_, SIGTERM);
  for (int look = 0; look < kFarewellLooks; ++look) {
    if (::waitpid(id_, nullptr, WNOHANG) == id_) break;
    std::this_thread::sleep_for(kFarewellPause);
    if (look + 1 < kFarewellLooks) continue;
    ::kill(id_, SIGKILL);
    while (::waitpid(id_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  ::close(complaints_);
}

bool Pipe::Await(short events) const {
  const auto until = SteadyMicros() + std::chrono::microseconds(answer_time_).count();
  while (SteadyMicros() < until) {
    if (is_interrupted_) {
      throw Problem(ProblemKind::kPaused, where_ + " was not waited for: the server stops.");
    }
    pollfd wanted{socket_, events, 0};
    if (::poll(&wanted, 1, kLookMs) > 0) return true;
  }
  return false;
}

void Pipe::ReadSome() {
  const auto before = received_.size();
  received_.resize(before + kReadBytes);
  auto got = ::recv(socket_, received_.data() + before, kReadBytes, MSG_DONTWAIT);
  // Said once when the program ended without reading all; what it wrote comes behind.
  if (got < 0 && errno == ECONNRESET) {
    got = ::recv(socket_, received_.data() + before, kReadBytes, MSG_DONTWAIT);
  }
  const int error = errno;
  received_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  if (got < 0 && (error == EAGAIN || error == EWOULDBLOCK || error == EINTR)) return;
  if (got <= 0) Fail("broke off");
}

void Pipe::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto done = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (done > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(done));
    } else if (done < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
      // Answers are taken meanwhile, or both sides would wait for each other.
      if (!Await(POLLIN | POLLOUT)) Fail("took nothing for too long");
      ReadSome();
    } else {
      return;  // it has ended; what it said before is still to be read
    }
  }
}

std::string Pipe::Receive() {
  constexpr std::size_t kLengthBytes = 4;
  for (;;) {
    if (received_.size() >= kLengthBytes) {
      const auto length = LengthOf(std::string_view(received_).substr(0, kLengthBytes));
      if (received_.size() >= kLengthBytes + length) {
        auto packet = received_.substr(kLengthBytes, length);
        received_.erase(0, kLengthBytes + length);
        return packet;
      }
    }
    if (!Await(POLLIN)) Fail("did not answer in time");
    ReadSome();
  }
}

std::string Pipe::Complaint() const {
  struct stat facts {};
  if (::fstat(complaints_, &facts) != 0) return {};
  const auto from = std::max<off_t>(0, facts.st_size - kComplaintBytesMax);
  std::string text(static_cast<std::size_t>(facts.st_size - from), '\0');
  const auto got = ::pread(complaints_, text.data(), text.size(), from);
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  std::string words;
  for (const auto raw : Split(text, '\n')) {
    const auto line = Trim(raw);
    if (!line.empty()) words += (words.empty() ? "" : " ") + std::string(line);
  }
  std::replace_if(
      words.begin(), words.end(),
      [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
  if (words.size() > kComplaintShownMax) words.erase(0, words.size() - kComplaintShownMax);
  while (words.ends_with('.')) words.pop_back();
  return words;
}

void Pipe::Fail(const std::string& what) const {
  const auto complaint = Complaint();
  throw Problem(ProblemKind::kBusy,
                where_ + " " + what + (complaint.empty() ? "." : ": " + complaint + "."));
}

}  // namespace outpost::sftp::detail
