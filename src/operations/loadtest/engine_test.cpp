#include "operations/loadtest/engine.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace outpost::loadtest {
namespace {

/// Answers each request as the n-th answer says; "" ends the connection without one.
class FakeServer {
 public:
  using Answer = std::function<std::string(int number)>;

  explicit FakeServer(Answer answer)
      : answer_(std::move(answer)), listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(listening_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::listen(listening_, 64);
    socklen_t length = sizeof address;
    ::getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Serve(); });
  }
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;
  ~FakeServer() {
    is_stopping_ = true;
    thread_.join();
    for (const auto& peer : peers_) ::close(peer.socket);
    ::close(listening_);
  }

  std::uint16_t port() const { return port_; }
  int requests() const { return requests_; }

 private:
  struct Peer {
    int socket = -1;
    std::string received;
  };

  void Serve() {
    while (!is_stopping_) {
      std::vector<pollfd> polled{{listening_, POLLIN, 0}};
      for (const auto& peer : peers_) polled.push_back({peer.socket, POLLIN, 0});
      if (::poll(polled.data(), polled.size(), 10) <= 0) continue;
      for (std::size_t i = polled.size() - 1; i > 0; --i) {
        if (polled[i].revents != 0 && !Read(peers_[i - 1])) {
          ::close(peers_[i - 1].socket);
          peers_.erase(peers_.begin() + static_cast<std::ptrdiff_t>(i - 1));
        }
      }
      if (polled[0].revents != 0) peers_.push_back({::accept(listening_, nullptr, nullptr), {}});
    }
  }

  bool Read(Peer& peer) {
    std::array<char, 8192> bytes;
    const auto got = ::recv(peer.socket, bytes.data(), bytes.size(), 0);
    if (got <= 0) return false;
    peer.received.append(bytes.data(), static_cast<std::size_t>(got));
    if (!peer.received.ends_with("\r\n0\r\n\r\n")) return true;
    peer.received.clear();
    const auto answer = answer_(requests_++);
    if (answer.empty()) return false;
    ::send(peer.socket, answer.data(), answer.size(), MSG_NOSIGNAL);
    return true;
  }

  Answer answer_;
  int listening_;
  std::uint16_t port_ = 0;
  std::vector<Peer> peers_;
  std::atomic<int> requests_{0};
  std::atomic<bool> is_stopping_{false};
  std::thread thread_;
};

constexpr const char* kCreated = "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok";
constexpr const char* kBusy = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n";

SubmitOptions OptionsFor(const FakeServer& server) {
  SubmitOptions options;
  options.address = "127.0.0.1";
  options.port = server.port();
  options.connections = 4;
  options.duration_micros = 300'000;
  options.forms.project = "load";
  options.forms.password = "secret";
  options.forms.users = {{"a@load", "a1"}};
  options.forms.seed = 1;
  return options;
}

TEST(Engine, CountsWhatTheServerHasAcknowledged) {
  FakeServer server([](int) { return kCreated; });
  const auto result = RunSubmit(OptionsFor(server), {});
  EXPECT_GT(result.acknowledged, 20u);
  EXPECT_EQ(result.acknowledged, static_cast<std::uint64_t>(server.requests()));
  EXPECT_EQ(result.acknowledged, result.sent);
  EXPECT_EQ(result.samples.size(), result.acknowledged);
  EXPECT_EQ(result.ledger.size(), result.acknowledged);
  EXPECT_TRUE(result.errors.empty());
  EXPECT_GT(result.bytes_sent, result.sent * 1'500);
  std::set<Uuid> forms;
  for (const auto& entry : result.ledger) EXPECT_TRUE(forms.insert(entry.form).second);
}

TEST(Engine, ARefusalIsAnErrorAndNoEntryOfTheLedger) {
  FakeServer server([](int number) { return number % 2 == 0 ? kCreated : kBusy; });
  const auto result = RunSubmit(OptionsFor(server), {});
  EXPECT_GT(result.errors.at("503"), 0u);
  EXPECT_EQ(result.ledger.size(), result.acknowledged);
  EXPECT_EQ(result.sent, result.acknowledged + result.errors.at("503"));
}

TEST(Engine, AFormWhoseConnectionEndsIsRememberedAsUnanswered) {
  FakeServer server([](int number) { return number % 5 == 4 ? "" : kCreated; });
  const auto result = RunSubmit(OptionsFor(server), {});
  EXPECT_GT(result.unanswered, 0u);
  EXPECT_EQ(result.errors.at("connection lost"), result.unanswered);
  std::uint64_t unanswered = 0;
  for (const auto& entry : result.ledger) unanswered += entry.is_acknowledged ? 0 : 1;
  EXPECT_EQ(unanswered, result.unanswered);
  EXPECT_EQ(result.sent, result.acknowledged + result.unanswered);
}

TEST(Engine, ARateIsKept) {
  FakeServer server([](int) { return kCreated; });
  auto options = OptionsFor(server);
  options.rate = 100;
  options.duration_micros = 500'000;
  const auto result = RunSubmit(options, {});
  EXPECT_GT(result.sent, 35u);
  EXPECT_LT(result.sent, 52u);
}

TEST(Engine, WithoutAServerThereAreOnlyErrors) {
  std::uint16_t port = 0;
  SubmitOptions options;
  {
    FakeServer server([](int) { return kCreated; });
    options = OptionsFor(server);
    port = server.port();
  }
  options.port = port;
  const auto result = RunSubmit(options, {});
  EXPECT_EQ(result.sent, 0u);
  EXPECT_GT(result.errors.at("cannot connect"), 0u);
}

TEST(Engine, StopsEarlyWhenTold) {
  FakeServer server([](int) { return kCreated; });
  auto options = OptionsFor(server);
  options.duration_micros = 60'000'000;
  const auto result = RunSubmit(options, [](const Progress&) { return false; });
  EXPECT_LT(result.elapsed_micros, 5'000'000);
}

}  // namespace
}  // namespace outpost::loadtest
