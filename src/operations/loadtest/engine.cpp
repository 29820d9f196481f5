#include "operations/loadtest/engine.h"

#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <deque>
#include <memory>

#include "base/clock.h"
#include "base/problem.h"
#include "operations/loadtest/detail/connection.h"

namespace outpost::loadtest {
namespace {

using detail::Connection;
using Event = Connection::Event;

constexpr std::int64_t kSecondMicros = 1'000'000;
constexpr std::int64_t kWaitMicrosMax = 50'000;
constexpr std::size_t kEventsMax = 256;
constexpr int kCreatedStatus = 201;

std::int64_t CpuMicros() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto micros = [](const timeval& t) {
    return std::int64_t{t.tv_sec} * kSecondMicros + t.tv_usec;
  };
  return micros(usage.ru_utime) + micros(usage.ru_stime);
}

/// One run. A single thread; every wait is in epoll.
class Run {
 public:
  explicit Run(const SubmitOptions& options)
      : options_(options),
        source_(options.forms),
        ledger_(options.ledger_file),
        epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    OUTPOST_CHECK(epoll_ >= 0);
    for (int i = 0; i < options.connections; ++i) {
      connections_.push_back(std::make_unique<Connection>());
    }
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  ~Run() { ::close(epoll_); }

  SubmitResult Go(const std::function<bool(const Progress&)>& progress) {
    const auto cpu = CpuMicros();
    start_ = SteadyMicros();
    last_answer_ = start_;
    end_ = start_ + options_.duration_micros;
    for (auto& connection : connections_) Open(*connection);
    while (Step(progress)) {
    }
    CountUnanswered();
    return Finish(cpu);
  }

 private:
  /// One round; false when all is done.
  bool Step(const std::function<bool(const Progress&)>& progress) {
    const auto now = SteadyMicros();
    if (now >= end_ && !is_over_) is_over_ = true;
    const bool is_waiting = std::any_of(connections_.begin(), connections_.end(),
                                        [](const auto& c) { return c->has_form(); });
    if (is_over_ && (!is_waiting || now >= end_ + kLastAnswersMicros)) return false;
    if (!is_over_) {
      ReopenRested(now);
      Dispatch(now);
    }
    Wait(now);
    if (now - last_progress_ >= kSecondMicros) {
      last_progress_ = now;
      CloseLate(now);
      ledger_.Flush();
      if (progress && !progress({now - start_, result_.acknowledged, errors_})) {
        is_over_ = true;
        end_ = now;
      }
    }
    return true;
  }

  void Open(Connection& connection) {
    if (!connection.Connect(options_.address, options_.port)) {
      CountError("cannot connect");
      return Rest(connection);
    }
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLET;
    event.data.ptr = &connection;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.socket(), &event);
  }

  /// Gives a connection its next form; which one is due comes from the rate.
  void Dispatch(std::int64_t now) {
    while (!idle_.empty()) {
      auto due = now;
      if (options_.rate > 0) {
        due = start_ + static_cast<std::int64_t>(result_.sent) * kSecondMicros / options_.rate;
        if (due > now) return;
      }
      auto* connection = idle_.back();
      idle_.pop_back();
      const auto form = source_.Next(SystemClock().Now(), connection->out());
      ++result_.sent;
      if (connection->Send(form, due) == Event::kLost) Lose(*connection);
    }
  }

  std::int64_t UntilNextDue(std::int64_t now) const {
    auto wait = kWaitMicrosMax;
    if (options_.rate > 0 && !idle_.empty() && !is_over_) {
      const auto due =
          start_ + static_cast<std::int64_t>(result_.sent) * kSecondMicros / options_.rate;
      wait = std::min(wait, due - now);
    }
    if (!resting_.empty()) wait = std::min(wait, resting_.front().first - now);
    return std::max<std::int64_t>(wait, 0);
  }

  void Wait(std::int64_t now) {
    std::array<epoll_event, kEventsMax> events;
    const auto wait = UntilNextDue(now);
    timespec time{};
    time.tv_nsec = static_cast<long>(wait) * 1000;
    const int count = ::epoll_pwait2(epoll_, events.data(), kEventsMax, &time, nullptr);
    for (int i = 0; i < count; ++i) {
      Handle(*static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr));
    }
  }

  void Handle(Connection& connection) {
    const bool had_form = connection.has_form();
    switch (connection.OnReady()) {
      case Event::kNothing:
        return;
      case Event::kConnected:
        idle_.push_back(&connection);
        return;
      case Event::kAnswered:
        return had_form ? Answered(connection) : Lose(connection);
      case Event::kLost:
        return Lose(connection);
    }
  }

  void Answered(Connection& connection) {
    const auto now = SteadyMicros();
    last_answer_ = now;
    const auto& form = connection.form();
    const auto status = connection.answer().status;
    if (status == kCreatedStatus) {
      ++result_.acknowledged;
      result_.samples.push_back(
          static_cast<std::uint32_t>(std::min<std::int64_t>(now - connection.due(), UINT32_MAX)));
      const auto second = static_cast<std::size_t>((now - start_) / kSecondMicros);
      if (result_.per_second.size() <= second) result_.per_second.resize(second + 1);
      ++result_.per_second[second];
      ledger_.Add({form.form, form.case_id, true});
      if (form.is_create) source_.Created(form.case_id);
    } else {
      CountError(status == 0 ? "unreadable answer" : std::to_string(status));
    }
    if (connection.answer().closes || status == 0) {
      Retire(connection);
    } else if (status != kCreatedStatus) {
      Rest(connection);
    } else {
      idle_.push_back(&connection);
    }
  }

  /// The connection ended, perhaps with a form under way: whether that one is stored, only the
  /// server knows.
  void Lose(Connection& connection) {
    if (connection.has_form()) {
      CountError("connection lost");
      NoteUnanswered(connection);
    } else if (connection.state() == Connection::State::kConnecting) {
      CountError("cannot connect");
    }
    Retire(connection);
  }

  void NoteUnanswered(const Connection& connection) {
    ++result_.unanswered;
    ledger_.Add({connection.form().form, connection.form().case_id, false});
  }

  void Retire(Connection& connection) {
    std::erase(idle_, &connection);
    connection.Close();  // which also takes it out of epoll
    Rest(connection);
  }

  void Rest(Connection& connection) {
    std::erase_if(resting_, [&](const auto& entry) { return entry.second == &connection; });
    resting_.emplace_back(SteadyMicros() + kPauseMicros, &connection);
  }

  void ReopenRested(std::int64_t now) {
    while (!resting_.empty() && resting_.front().first <= now) {
      auto* connection = resting_.front().second;
      resting_.pop_front();
      if (connection->state() == Connection::State::kIdle) {
        idle_.push_back(connection);
      } else if (connection->state() == Connection::State::kClosed) {
        Open(*connection);
      }
    }
  }

  void CloseLate(std::int64_t now) {
    for (auto& connection : connections_) {
      if (!connection->has_form() || now - connection->due() < kAnswerMicrosMax) continue;
      CountError("timeout");
      NoteUnanswered(*connection);
      Retire(*connection);
    }
  }

  void CountUnanswered() {
    for (auto& connection : connections_) {
      if (!connection->has_form()) continue;
      CountError("timeout");
      NoteUnanswered(*connection);
    }
  }

  void CountError(const std::string& what) {
    ++result_.errors[what];
    ++errors_;
  }

  SubmitResult Finish(std::int64_t cpu_before) {
    ledger_.Flush();
    for (const auto& connection : connections_) {
      result_.bytes_sent += connection->bytes_sent();
      result_.bytes_received += connection->bytes_received();
    }
    result_.elapsed_micros = std::max(last_answer_, std::min(end_, SteadyMicros())) - start_;
    result_.generator_cpu_micros = CpuMicros() - cpu_before;
    result_.ledger = ledger_.entries();
    return std::move(result_);
  }

  const SubmitOptions& options_;
  FormSource source_;
  Ledger ledger_;
  int epoll_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<Connection*> idle_;
  std::deque<std::pair<std::int64_t, Connection*>> resting_;  // until when; in order
  SubmitResult result_;
  std::uint64_t errors_ = 0;
  std::int64_t start_ = 0, end_ = 0, last_answer_ = 0, last_progress_ = 0;
  bool is_over_ = false;
};

}  // namespace

SubmitResult RunSubmit(const SubmitOptions& options,
                       const std::function<bool(const Progress&)>& progress) {
  OUTPOST_CHECK(options.connections > 0);
  return Run(options).Go(progress);
}

}  // namespace outpost::loadtest
