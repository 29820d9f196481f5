#include "http/server.h"

#include <unistd.h>

#include <boost/asio/post.hpp>
#include <future>

#include "base/clock.h"
#include "base/problem.h"
#include "http/detail/listener.h"
#include "http/detail/loop.h"

namespace outpost::http {

namespace asio = boost::asio;
using detail::Acceptor;
using detail::Loop;
using detail::Peer;

struct Server::Impl {
  detail::Core core;
  std::vector<std::unique_ptr<Loop>> loops;
  // Below the loops, so that they go first: they stand on the first loop.
  std::vector<std::unique_ptr<Acceptor>> acceptors;
  std::unique_ptr<asio::steady_timer> certificate_timer;
  std::vector<std::string> addresses;
  std::size_t next_loop = 0;
  bool is_running = false;

  void Listen();
  void AddAcceptor(int socket, Peer peer);
  void WatchCertificates();
  /// Runs on the first loop's thread and waits for it.
  void OnFirstLoop(const std::function<void()>& action);
};

void Server::Impl::AddAcceptor(int socket, Peer peer) {
  acceptors.push_back(
      std::make_unique<Acceptor>(*loops.front(), socket, std::move(peer), [this](int s, Peer p) {
        next_loop = (next_loop + 1) % loops.size();
        loops[next_loop]->Adopt(s, std::move(p));
      }));
}

void Server::Impl::Listen() {
  for (const auto& listener : core.options.listeners) {
    if (listener.is_tls && !core.certificates) {
      core.certificates = std::make_unique<detail::Certificates>(core.options.tls.certificates);
    }
    const int socket = detail::ListenOn(listener.address);
    addresses.push_back(detail::AddressOf(socket));
    AddAcceptor(socket, {{}, listener.is_tls, false});
  }
  if (!core.options.admin_socket.empty()) {
    AddAcceptor(detail::ListenLocally(core.options.admin_socket.string()), {{}, false, true});
  }
}

void Server::Impl::WatchCertificates() {
  certificate_timer->expires_after(core.options.tls.check_interval);
  certificate_timer->async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    core.certificates->Reload();
    WatchCertificates();
  });
}

void Server::Impl::OnFirstLoop(const std::function<void()>& action) {
  std::promise<void> done;
  asio::post(loops.front()->context(), [&action, &done] {
    action();
    done.set_value();
  });
  done.get_future().wait();
}

Server::Server(ServerOptions options, const Router& router, const Router& admin, const Clock& clock,
               MetricRegistry& metrics, ProblemRenderer renderer)
    : impl_(new Impl{{std::move(options), router, admin, clock, metrics, std::move(renderer)},
                     {},
                     {},
                     {},
                     {},
                     0,
                     false}) {
  OUTPOST_CHECK(impl_->core.options.io_threads > 0);
  for (int i = 0; i < impl_->core.options.io_threads; ++i) {
    impl_->loops.push_back(std::make_unique<Loop>(impl_->core));
  }
}

Server::~Server() { Stop(std::chrono::milliseconds(0)); }

void Server::Start() {
  impl_->Listen();
  impl_->core.mobile.Start();
  impl_->core.sync.Start();
  impl_->core.web.Start();
  for (const auto& loop : impl_->loops) loop->Start();
  impl_->is_running = true;
  impl_->OnFirstLoop([this] {
    for (const auto& acceptor : impl_->acceptors) acceptor->Start();
    if (!impl_->core.certificates) return;
    impl_->certificate_timer =
        std::make_unique<asio::steady_timer>(impl_->loops.front()->context());
    impl_->WatchCertificates();
  });
}

std::vector<std::string> Server::addresses() const { return impl_->addresses; }

void Server::Stop(std::chrono::milliseconds grace) {
  if (!std::exchange(impl_->is_running, false)) return;
  impl_->core.is_stopping = true;
  impl_->OnFirstLoop([this] {
    for (const auto& acceptor : impl_->acceptors) acceptor->Close();
    if (impl_->certificate_timer) impl_->certificate_timer->cancel();
  });
  for (const auto& loop : impl_->loops) loop->BeginStop();
  const std::int64_t end = SteadyMicros() + std::chrono::microseconds(grace).count();
  while (impl_->core.connections.load() > 0 && SteadyMicros() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  impl_->core.mobile.Stop();
  impl_->core.sync.Stop();
  impl_->core.web.Stop();
  for (const auto& loop : impl_->loops) loop->Stop();
  if (!impl_->core.options.admin_socket.empty()) {
    ::unlink(impl_->core.options.admin_socket.c_str());
  }
}

}  // namespace outpost::http
