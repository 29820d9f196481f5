#include "operations/loadtest/engine.h"

#include <algorithm>
#include <map>

#include "base/clock.h"
#include "base/problem.h"
#include "operations/loadtest/detail/pool.h"

namespace outpost::loadtest {
namespace {

using detail::Connection;
using Event = Connection::Event;

constexpr std::int64_t kSecondMicros = 1'000'000;
constexpr std::int64_t kWaitMicrosMax = 50'000;
constexpr int kCreatedStatus = 201;

/// One run. A single thread; every wait is in epoll.
class Run {
 public:
  explicit Run(const SubmitOptions& options)
      : options_(options),
        source_(options.forms),
        ledger_(options.ledger_file),
        pool_(loop_, {options.address, options.port, options.connections, 0},
              [this] { CountError("cannot connect"); }) {}

  SubmitResult Go(const std::function<bool(const Progress&)>& progress) {
    const auto cpu = detail::CpuMicros();
    start_ = SteadyMicros();
    last_answer_ = start_;
    end_ = start_ + options_.duration_micros;
    pool_.OpenAll();
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
    if (is_over_ && (!pool_.has_busy() || now >= end_ + kLastAnswersMicros)) return false;
    if (!is_over_) {
      pool_.ReopenRested(now);
      Dispatch(now);
    }
    loop_.Wait(UntilNextDue(now), [this](Connection& connection) { Handle(connection); });
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

  /// Gives a connection its next form; which one is due comes from the rate.
  void Dispatch(std::int64_t now) {
    while (pool_.has_idle()) {
      auto due = now;
      if (options_.rate > 0) {
        due = start_ + static_cast<std::int64_t>(result_.sent) * kSecondMicros / options_.rate;
        if (due > now) return;
      }
      auto* connection = pool_.TakeIdle();
      forms_[connection] = source_.Next(SystemClock().Now(), connection->out());
      ++result_.sent;
      if (connection->Send(due) == Event::kLost) Lose(*connection);
    }
  }

  std::int64_t UntilNextDue(std::int64_t now) const {
    auto wait = kWaitMicrosMax;
    if (options_.rate > 0 && pool_.has_idle() && !is_over_) {
      const auto due =
          start_ + static_cast<std::int64_t>(result_.sent) * kSecondMicros / options_.rate;
      wait = std::min(wait, due - now);
    }
    return std::max<std::int64_t>(pool_.UntilRested(now, wait), 0);
  }

  void Handle(Connection& connection) {
    const bool had_form = connection.is_busy();
    switch (connection.OnReady()) {
      case Event::kNothing:
        return;
      case Event::kConnected:
        pool_.GiveBack(connection);
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
    const auto& form = forms_.at(&connection);
    const auto status = connection.answer().status;
    if (status == kCreatedStatus) {
      ++result_.acknowledged;
      result_.samples.push_back(
          static_cast<std::uint32_t>(std::min<std::int64_t>(now - connection.due(), UINT32_MAX)));
      const auto second = static_cast<std::size_t>((now - start_) / kSecondMicros);
      if (result_.per_second.size() <= second) result_.per_second.resize(second + 1);
      ++result_.per_second[second];
      ledger_.Add({form.form, form.case_id, true});
      if (form.is_create) source_.Created(form);
    } else {
      CountError(status == 0 ? "unreadable answer" : std::to_string(status));
    }
    if (connection.answer().closes || status == 0) {
      pool_.Retire(connection);
    } else if (status != kCreatedStatus) {
      pool_.Rest(connection);
    } else {
      pool_.GiveBack(connection);
    }
  }

  /// The connection ended, perhaps with a form under way: whether that one is stored, only the
  /// server knows.
  void Lose(Connection& connection) {
    if (connection.is_busy()) {
      CountError("connection lost");
      NoteUnanswered(connection);
    } else if (connection.state() == Connection::State::kConnecting) {
      CountError("cannot connect");
    }
    pool_.Retire(connection);
  }

  void NoteUnanswered(Connection& connection) {
    ++result_.unanswered;
    const auto& form = forms_.at(&connection);
    ledger_.Add({form.form, form.case_id, false});
  }

  void CloseLate(std::int64_t now) {
    for (auto& connection : pool_.connections()) {
      if (!connection->is_busy() || now - connection->due() < kAnswerMicrosMax) continue;
      CountError("timeout");
      NoteUnanswered(*connection);
      pool_.Retire(*connection);
    }
  }

  void CountUnanswered() {
    for (auto& connection : pool_.connections()) {
      if (!connection->is_busy()) continue;
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
    for (const auto& connection : pool_.connections()) {
      result_.bytes_sent += connection->bytes_sent();
      result_.bytes_received += connection->bytes_received();
    }
    result_.elapsed_micros = std::max(last_answer_, std::min(end_, SteadyMicros())) - start_;
    result_.generator_cpu_micros = detail::CpuMicros() - cpu_before;
    result_.ledger = ledger_.entries();
    return std::move(result_);
  }

  const SubmitOptions& options_;
  FormSource source_;
  Ledger ledger_;
  detail::Loop loop_;
  detail::Pool pool_;
  std::map<Connection*, PreparedForm> forms_;  // what each is sending or has sent last
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
