#include "store/sftp/client.h"

#include <atomic>
#include <mutex>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "base/problem.h"
#include "store/sftp/detail/session.h"

namespace outpost::sftp {

std::vector<std::string> SshProgram(const Remote& remote) {
  std::vector<std::string> program{"ssh"};
  if (!remote.config.empty()) {
    program.insert(program.end(), {"-F", remote.config.string()});
  }
  for (const char* option :
       {"BatchMode=yes", "ConnectTimeout=15", "ServerAliveInterval=15", "ServerAliveCountMax=3",
        "ClearAllForwardings=yes", "PermitLocalCommand=no", "LogLevel=ERROR"}) {
    program.insert(program.end(), {"-o", option});
  }
  program.insert(program.end(), {"-x", "-T"});
  if (remote.port != 0) program.insert(program.end(), {"-p", std::to_string(remote.port)});
  if (!remote.user.empty()) program.insert(program.end(), {"-l", remote.user});
  program.insert(program.end(), {"-s", "--", remote.host, "sftp"});
  return program;
}

struct Client::Impl {
  explicit Impl(ClientOptions given) : options(std::move(given)) {}

  /// On the connection that is there, or a new one; again when it breaks.
  template <class Operation>
  auto Run(const Operation& operation) {
    const std::lock_guard lock(mutex);
    auto pause = options.first_pause;
    for (int left = options.tries;;) {
      try {
        if (is_interrupted) {
          throw Problem(ProblemKind::kPaused,
                        options.where + " was not waited for: the server stops.");
        }
        if (!session) session.emplace(options, is_interrupted);
        RemoveLeftovers();
        return operation(*session);
      } catch (const Problem& problem) {
        if (problem.kind() != ProblemKind::kBusy) {
          const bool is_lost =
              problem.kind() == ProblemKind::kMalformed || (session && !session->is_in_step());
          if (is_lost) session.reset();
          throw;
        }
        session.reset();
        if (--left <= 0) throw;
      }
      Rest(pause);
      pause *= 2;
    }
  }

  void Rest(std::chrono::milliseconds time) const {
    constexpr std::chrono::milliseconds kNap{50};
    const auto until = SteadyMicros() + std::chrono::microseconds(time).count();
    while (SteadyMicros() < until && !is_interrupted) std::this_thread::sleep_for(kNap);
  }

  /// Files without a name, of connections that broke.
  void RemoveLeftovers() {
    while (!leftovers.empty()) {
      session->Remove(leftovers.back());
      leftovers.pop_back();
    }
  }

  const ClientOptions options;
  std::atomic<bool> is_interrupted{false};
  std::mutex mutex;  // guards the next ones
  std::optional<detail::Session> session;
  std::vector<std::string> leftovers;
};

Client::Client(ClientOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Client::~Client() = default;

void Client::Put(const std::string& root, std::string_view name, std::string_view bytes) {
  impl_->Run([&](detail::Session& session) {
    std::string unnamed;
    try {
      session.Put(root, name, bytes, unnamed);
    } catch (...) {
      if (!unnamed.empty()) impl_->leftovers.push_back(unnamed);
      throw;
    }
  });
}

std::string Client::Get(const std::string& path, std::size_t bytes_max) {
  return impl_->Run([&](detail::Session& session) { return session.Get(path, bytes_max); });
}

bool Client::Has(const std::string& path) {
  return impl_->Run([&](detail::Session& session) { return session.Has(path); });
}

void Client::Remove(const std::string& path) {
  impl_->Run([&](detail::Session& session) { session.Remove(path); });
}

std::vector<RemoteFile> Client::List(const std::string& folder) {
  return impl_->Run([&](detail::Session& session) { return session.List(folder); });
}

void Client::MakeFolder(const std::string& path) {
  impl_->Run([&](detail::Session& session) { session.MakeFolder(path); });
}

std::optional<std::int64_t> Client::FreeBytes(const std::string& path) {
  return impl_->Run([&](detail::Session& session) { return session.FreeBytes(path); });
}

void Client::Interrupt() { impl_->is_interrupted = true; }

}  // namespace outpost::sftp
