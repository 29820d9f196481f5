#include "operations/loadtest/app_load.h"

#include <algorithm>
#include <deque>
#include <unordered_map>

#include "base/clock.h"
#include "base/problem.h"
#include "operations/loadtest/detail/pool.h"

namespace outpost::loadtest {
namespace {

using detail::Connection;
using Event = Connection::Event;

constexpr std::int64_t kWaitMicrosMax = 50'000;
constexpr std::int64_t kThrottleMicros = 20'000;
constexpr std::int64_t kProgressMicros = 100'000;
/// A phone gives up after a minute without a byte.
constexpr std::int64_t kSilenceMicros = 60'000'000;
constexpr int kOk = 200;

struct Client {
  std::size_t next = 0;  // of the files
  int attempts = 0;      // at that file
  std::int64_t began = 0;
};

std::uint32_t Sample(std::int64_t micros) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(micros, 0, UINT32_MAX));
}

class Run {
 public:
  explicit Run(const AppLoadOptions& options)
      : options_(options),
        clients_(static_cast<std::size_t>(options.clients)),
        pool_(loop_, {options.address, options.port, options.clients, options.bytes_per_second},
              [this] { Count("cannot connect"); }),
        left_(clients_.size()) {}

  AppLoadResult Go(const std::function<bool(const AppLoadProgress&)>& progress) {
    const auto cpu = detail::CpuMicros();
    start_ = SteadyMicros();
    pool_.OpenAll();
    while (left_ > 0) {
      const auto now = SteadyMicros();
      pool_.ReopenRested(now);
      while (begun_ < clients_.size() && BeginOf(begun_) <= now) waiting_.push_back(begun_++);
      while (!waiting_.empty() && pool_.has_idle()) {
        const auto client = waiting_.front();
        waiting_.pop_front();
        Ask(*pool_.TakeIdle(), client);
      }
      Wait(now);
      if (now - last_progress_ < kProgressMicros) continue;
      last_progress_ = now;
      CloseSilent(now);
      if (progress && !progress({now - start_, files_, bytes_, result_.installed, errors_})) break;
    }
    result_.elapsed_micros = SteadyMicros() - start_;
    result_.generator_cpu_micros = detail::CpuMicros() - cpu;
    return std::move(result_);
  }

 private:
  std::int64_t BeginOf(std::size_t client) const {
    return start_ + options_.within_micros * static_cast<std::int64_t>(client) / options_.clients;
  }

  void Wait(std::int64_t now) {
    const bool is_throttled = options_.bytes_per_second > 0;
    auto wait = pool_.UntilRested(now, is_throttled ? kThrottleMicros : kWaitMicrosMax);
    if (begun_ < clients_.size()) wait = std::min(wait, BeginOf(begun_) - now);
    loop_.Wait(std::max<std::int64_t>(wait, 0), [this](Connection& c) { Handle(c); });
    if (!is_throttled) return;
    for (auto& connection : pool_.connections()) {
      if (connection->is_busy()) Handle(*connection);
    }
  }

  /// A whole request as phones send it; they open a connection and keep it.
  void Ask(Connection& connection, std::size_t index) {
    auto& client = clients_[index];
    client_of_[&connection] = index;
    auto& out = connection.out();
    out = "GET " + options_.files[client.next].target + " HTTP/1.1\r\nHost: " + options_.host +
          "\r\nX-OpenRosa-Version: 3.0\r\nx-openrosa-deviceid: loadtest-" + std::to_string(index) +
          "\r\nX-CommCareHQ-RequestSource: install\r\nX-CommCareHQ-RequestAge: lt_10"
          "\r\nConnection: Keep-Alive\r\nAccept-Encoding: gzip\r\nUser-Agent: okhttp/4.11.0"
          "\r\n\r\n";
    const auto now = SteadyMicros();
    if (client.began == 0) client.began = now;
    if (connection.Send(now) == Event::kLost) Lose(connection);
  }

  void Handle(Connection& connection) {
    const bool was_busy = connection.is_busy();
    switch (connection.OnReady()) {
      case Event::kNothing:
        return;
      case Event::kConnected:
        return pool_.GiveBack(connection);
      case Event::kAnswered:
        return was_busy ? Answered(connection) : Lose(connection);
      case Event::kLost:
        return Lose(connection);
    }
  }

  void Answered(Connection& connection) {
    const auto now = SteadyMicros();
    const auto index = client_of_.at(&connection);
    auto& client = clients_[index];
    const auto answer = connection.answer();
    if (answer.status != kOk) {
      Count(answer.status == 0 ? "unreadable answer" : std::to_string(answer.status));
      Retry(index);
      return answer.closes ? pool_.Retire(connection) : pool_.Rest(connection);
    }
    auto& part = result_.parts[static_cast<std::size_t>(options_.files[client.next].kind)];
    ++part.answered;
    ++files_;
    part.body_bytes += answer.body_bytes;
    bytes_ += answer.body_bytes;
    part.first_bytes.push_back(Sample(connection.first_byte() - connection.due()));
    part.wholes.push_back(Sample(now - connection.due()));
    client.attempts = 0;
    const bool is_whole = ++client.next == options_.files.size();
    if (is_whole) {
      --left_;
      ++result_.installed;
      result_.installs.push_back(Sample((now - client.began) / 1000));
    }
    if (answer.closes) {
      if (!is_whole) waiting_.push_back(index);
      return pool_.Retire(connection);
    }
    if (is_whole) return pool_.GiveBack(connection);
    Ask(connection, index);
  }

  void Retry(std::size_t index) {
    if (++clients_[index].attempts < kFileAttempts) {
      waiting_.push_back(index);
    } else {
      --left_;
      ++result_.failed;
    }
  }

  void Lose(Connection& connection) {
    if (connection.is_busy()) {
      Count("connection lost");
      Retry(client_of_.at(&connection));
    } else if (connection.state() == Connection::State::kConnecting) {
      Count("cannot connect");
    }
    pool_.Retire(connection);
  }

  void CloseSilent(std::int64_t now) {
    for (auto& connection : pool_.connections()) {
      const auto heard = std::max(connection->due(), connection->last_byte());
      if (!connection->is_busy() || now - heard < kSilenceMicros) continue;
      Count("timeout");
      Retry(client_of_.at(connection.get()));
      pool_.Retire(*connection);
    }
    // A server that takes no connection is not there.
    if (files_ == 0 && result_.errors.contains("cannot connect") &&
        now - start_ > kSilenceMicros / 6) {
      left_ = 0;
    }
  }

  void Count(const std::string& what) {
    ++result_.errors[what];
    ++errors_;
  }

  const AppLoadOptions& options_;
  std::vector<Client> clients_;
  AppLoadResult result_;
  detail::Loop loop_;
  detail::Pool pool_;
  std::unordered_map<Connection*, std::size_t> client_of_;
  std::deque<std::size_t> waiting_;  // for a connection
  std::size_t begun_ = 0, left_;
  std::uint64_t files_ = 0, bytes_ = 0, errors_ = 0;
  std::int64_t start_ = 0, last_progress_ = 0;
};

}  // namespace

AppLoadResult RunAppLoad(const AppLoadOptions& options,
                         const std::function<bool(const AppLoadProgress&)>& progress) {
  OUTPOST_CHECK(options.clients > 0 && !options.files.empty());
  return Run(options).Go(progress);
}

}  // namespace outpost::loadtest
