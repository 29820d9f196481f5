#include "operations/loadtest/phone_load.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>

#include "base/clock.h"
#include "base/problem.h"
#include "base/text.h"
#include "operations/loadtest/detail/phone_requests.h"
#include "operations/loadtest/detail/pool.h"
#include "operations/loadtest/restore_scan.h"

namespace outpost::loadtest {
namespace {

using detail::Connection;
using Event = Connection::Event;

constexpr std::int64_t kSecondMicros = 1'000'000;
constexpr std::int64_t kWaitMicrosMax = 50'000;
/// Of throttled phones: how often their share of bytes is taken.
constexpr std::int64_t kThrottleMicros = 20'000;
constexpr std::size_t kFaultsMax = 20;
/// A server that takes no connection for so long is not there.
constexpr std::int64_t kReachMicrosMax = 10'000'000;

struct LoadPhone {
  std::string token;
  phones::StateHash hash;
  int attempts = 0;
  bool is_busy = false;    // asking, or sending a form
  bool needs_all = false;  // its next request is a login's
  bool is_unsure = false;  // it lost the answer to a form
};

/// What a connection is doing.
struct Task {
  enum class Kind : std::uint8_t { kRestore, kSync, kLogin, kForm } kind = Kind::kRestore;
  std::size_t phone = 0;
  PreparedForm form;
  std::unique_ptr<RestoreScan> scan;
};

std::uint32_t Sample(std::int64_t micros) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(micros, 0, UINT32_MAX));
}

class Run {
 public:
  explicit Run(const PhoneLoadOptions& options)
      : options_(options),
        source_(options.forms),
        random_(options.forms.seed),
        phones_(options.phones),
        askers_(loop_,
                {options.address, options.port, options.connections, options.bytes_per_second},
                [this] { CountError(result_.restores, "cannot connect"); }),
        senders_(loop_, {options.address, options.port, options.form_connections, 0},
                 [this] { CountError(result_.forms, "cannot connect"); }) {
    for (auto& connection : senders_.connections()) pool_of_[connection.get()] = &senders_;
    for (auto& connection : askers_.connections()) pool_of_[connection.get()] = &askers_;
  }

  PhoneLoadResult Go(const std::function<bool(const PhoneLoadProgress&)>& progress) {
    progress_ = progress;
    start_ = SteadyMicros();
    askers_.OpenAll();
    RestoreAll();
    if (!options_.only_restores && !is_stopped_) SyncAll();
    return std::move(result_);
  }

 private:
  void RestoreAll() {
    const auto cpu = detail::CpuMicros();
    const auto began = SteadyMicros();
    for (std::size_t phone = 0; phone < phones_.size(); ++phone) waiting_.push_back(phone);
    unrestored_ = phones_.size();
    while (unrestored_ > 0 && !is_stopped_) {
      const auto now = SteadyMicros();
      Prepare(now);
      while (!waiting_.empty() && askers_.has_idle()) {
        const auto phone = waiting_.front();
        waiting_.pop_front();
        Ask(Task::Kind::kRestore, phone, now);
      }
      Turn(now);
    }
    result_.restores.elapsed_micros = SteadyMicros() - began;
    result_.restores.generator_cpu_micros = detail::CpuMicros() - cpu;
  }

  void SyncAll() {
    const auto cpu = detail::CpuMicros();
    began_ = SteadyMicros();
    end_ = began_ + options_.duration_micros;
    last_answer_ = began_;
    if (options_.form_rate > 0) senders_.OpenAll();
    while (true) {
      const auto now = SteadyMicros();
      const bool is_over = now >= end_ || is_stopped_;
      const bool is_waiting = askers_.has_busy() || senders_.has_busy();
      if (is_over && (!is_waiting || now >= end_ + kSilenceMicrosMax)) break;
      if (!is_over) {
        Prepare(now);
        DispatchSyncs(now);
        DispatchForms(now);
      }
      Turn(now);
    }
    const auto elapsed = std::max(last_answer_, std::min(end_, SteadyMicros())) - began_;
    for (auto* part : {&result_.syncs, &result_.logins, &result_.forms}) {
      part->elapsed_micros = elapsed;
    }
    result_.syncs.generator_cpu_micros = detail::CpuMicros() - cpu;
  }

  void Prepare(std::int64_t now) {
    askers_.ReopenRested(now);
    senders_.ReopenRested(now);
    while (!delayed_.empty() && delayed_.front().first <= now) {
      const auto [when, task] = delayed_.front();
      if (!askers_.has_idle()) break;
      delayed_.pop_front();
      Ask(task.first, task.second, now);
    }
  }

  /// Waits for sockets once, and looks after what takes long.
  void Turn(std::int64_t now) {
    const bool is_throttled = options_.bytes_per_second > 0;
    auto wait = is_throttled ? kThrottleMicros : kWaitMicrosMax;
    wait = senders_.UntilRested(now, askers_.UntilRested(now, wait));
    if (!delayed_.empty()) wait = std::min(wait, delayed_.front().first - now);
    wait = std::min(wait, UntilNextDue(now));
    loop_.Wait(std::max<std::int64_t>(wait, 0), [this](Connection& c) { Handle(c); });
    if (is_throttled) {
      for (auto& connection : askers_.connections()) {
        if (connection->is_busy()) Handle(*connection);
      }
    }
    if (now - last_progress_ < kSecondMicros) return;
    last_progress_ = now;
    CloseSilent(now);
    const PhoneLoadProgress so_far{now - start_, result_.restores.answered, result_.syncs.answered,
                                   result_.forms.answered, errors_};
    const bool is_hopeless = result_.restores.answered == 0 && now - start_ > kReachMicrosMax &&
                             result_.restores.errors.contains("cannot connect");
    if (is_hopeless || (progress_ && !progress_(so_far))) is_stopped_ = true;
  }

  std::int64_t DueAt(double rate, std::uint64_t number) const {
    return began_ + static_cast<std::int64_t>(static_cast<double>(number) * 1e6 / rate);
  }

  std::int64_t UntilNextDue(std::int64_t now) const {
    if (began_ == 0) return kWaitMicrosMax;
    auto wait = kWaitMicrosMax;
    if (options_.sync_rate > 0)
      wait = std::min(wait, DueAt(options_.sync_rate, syncs_begun_) - now);
    if (options_.form_rate > 0)
      wait = std::min(wait, DueAt(options_.form_rate, forms_begun_) - now);
    // What is overdue waits for a connection or a phone: their answers wake the loop.
    return wait <= 0 ? kSecondMicros / 1000 : wait;
  }

  void DispatchSyncs(std::int64_t now) {
    while (askers_.has_idle()) {
      auto due = now;
      if (options_.sync_rate > 0) {
        due = DueAt(options_.sync_rate, syncs_begun_);
        if (due > now) return;
      }
      const auto phone = NextReady();
      if (!phone) return;
      ++syncs_begun_;
      const bool is_login = phones_[*phone].needs_all || IsLogin();
      Ask(is_login ? Task::Kind::kLogin : Task::Kind::kSync, *phone, due);
    }
  }

  bool IsLogin() {
    constexpr std::uint64_t kParts = 1'000'000;
    return options_.first_share > 0 &&
           static_cast<double>(random_.Below(kParts)) < options_.first_share * kParts;
  }

  std::optional<std::size_t> NextReady() {
    for (std::size_t tried = 0; tried < phones_.size(); ++tried) {
      next_ = (next_ + 1) % phones_.size();
      if (!phones_[next_].is_busy && !phones_[next_].token.empty()) return next_;
    }
    return std::nullopt;
  }

  void DispatchForms(std::int64_t now) {
    while (options_.form_rate > 0 && senders_.has_idle()) {
      const auto due = DueAt(options_.form_rate, forms_begun_);
      if (due > now) return;
      const auto user = NextSender();
      if (!user) return;
      ++forms_begun_;
      Send(*user, due);
    }
  }

  std::optional<std::size_t> NextSender() {
    const auto users = options_.forms.users.size();
    const auto from = options_.is_mixed ? 0 : phones_.size();
    constexpr int kTries = 16;
    for (int i = 0; i < kTries; ++i) {
      const auto user = from + static_cast<std::size_t>(random_.Below(users - from));
      if (user >= phones_.size() || !phones_[user].is_busy) return user;
    }
    return std::nullopt;
  }

  LoadPart& PartOf(Task::Kind kind) {
    switch (kind) {
      case Task::Kind::kRestore:
        return result_.restores;
      case Task::Kind::kSync:
        return result_.syncs;
      case Task::Kind::kLogin:
        return result_.logins;
      case Task::Kind::kForm:
        break;
    }
    return result_.forms;
  }

  void Ask(Task::Kind kind, std::size_t index, std::int64_t due) {
    auto* connection = askers_.TakeIdle();
    auto& phone = phones_[index];
    phone.is_busy = true;
    auto depth = options_.only_restores ? ScanDepth::kToken : ScanDepth::kCases;
    if (kind == Task::Kind::kRestore && index < options_.verified_phones) depth = ScanDepth::kWhole;
    auto& task = tasks_[connection];
    task = Task{kind, index, {}, std::make_unique<RestoreScan>(depth)};
    detail::RestoreQuery query;
    if (kind == Task::Kind::kSync) {
      query.since = phone.token;
      query.digest = phone.hash.Digest();
    }
    detail::WriteRestoreRequest(options_.forms, index, query, connection->out());
    ++PartOf(kind).asked;
    const auto sent =
        connection->Send(due, [scan = task.scan.get()](std::string_view piece, const auto& answer) {
          scan->Add(piece, answer.is_gzip);
        });
    if (sent == Event::kLost) Lose(*connection);
  }

  void Send(std::size_t user, std::int64_t due) {
    auto* connection = senders_.TakeIdle();
    auto& task = tasks_[connection];
    task = Task{Task::Kind::kForm, user, {}, nullptr};
    task.form = source_.NextOf(user, SystemClock().Now(), connection->out());
    if (user < phones_.size()) phones_[user].is_busy = true;
    ++result_.forms.asked;
    if (connection->Send(due) == Event::kLost) Lose(*connection);
  }

  void Handle(Connection& connection) {
    const bool was_busy = connection.is_busy();
    switch (connection.OnReady()) {
      case Event::kNothing:
        return;
      case Event::kConnected:
        pool_of_.at(&connection)->GiveBack(connection);
        return;
      case Event::kAnswered:
        return was_busy ? Answered(connection) : Lose(connection);
      case Event::kLost:
        return Lose(connection);
    }
  }

  void Answered(Connection& connection) {
    const auto now = SteadyMicros();
    last_answer_ = now;
    auto task = std::move(tasks_.at(&connection));
    const auto answer = connection.answer();
    auto& part = PartOf(task.kind);
    const int expected = task.kind == Task::Kind::kForm ? 201 : 200;
    part.body_bytes += answer.body_bytes;
    if (answer.status == expected) {
      ++part.answered;
      part.wholes.push_back(Sample(now - connection.due()));
      part.first_bytes.push_back(Sample(connection.first_byte() - connection.due()));
    }
    auto& pool = *pool_of_.at(&connection);
    if (answer.closes || answer.status == 0) {
      pool.Retire(connection);
    } else if (answer.status == expected || answer.status == 202 || answer.status == 412) {
      pool.GiveBack(connection);
    } else {
      pool.Rest(connection);
    }
    if (task.kind == Task::Kind::kForm) return FormAnswered(task, answer.status);
    RestoreAnswered(task, answer, now);
  }

  void FormAnswered(const Task& task, int status) {
    auto* phone = task.phone < phones_.size() ? &phones_[task.phone] : nullptr;
    if (phone != nullptr) phone->is_busy = false;
    if (status != 201) return CountStatus(result_.forms, status);
    if (!task.form.is_create) return;
    source_.Created(task.form);
    if (phone != nullptr) phone->hash.Add(TextOf(task.form.case_id));
  }

  void RestoreAnswered(const Task& task, const detail::AnswerReader::Answer& answer,
                       std::int64_t now) {
    auto& phone = phones_[task.phone];
    auto& part = PartOf(task.kind);
    if (answer.status == 202 && answer.retry_after > 0) {
      ++part.pending;
      delayed_.emplace_back(now + answer.retry_after * kSecondMicros,
                            std::pair(task.kind, task.phone));
      return;
    }
    phone.is_busy = false;
    if (answer.status == 412 && !phone.is_unsure) ++result_.refused;
    const bool is_read = answer.status == 200 && !task.scan->token().empty();
    if (answer.status != 200) {
      CountStatus(part, answer.status);
    } else if (!is_read) {
      CountError(part, "no token in the answer");
    }
    if (!is_read) {
      phone.needs_all = phone.needs_all || answer.status == 412;
      if (task.kind == Task::Kind::kRestore) AskAgain(task.phone);
      return;
    }
    phone.token = task.scan->token();
    source_.SetToken(task.phone, phone.token);
    if (task.kind == Task::Kind::kSync) {
      // What came may be new or known: only reading it as a phone would tell.
      if (task.scan->cases() > 0) {
        ++result_.with_cases;
        phone.needs_all = true;
      }
      return;
    }
    phone.hash = task.scan->hash();
    phone.needs_all = false;
    if (task.kind != Task::Kind::kRestore) return;
    --unrestored_;
    result_.cases += task.scan->cases();
    if (task.phone < options_.verified_phones) Verify(task);
  }

  void Verify(const Task& task) {
    ++result_.verified;
    const auto fault = detail::FaultOf(task.scan->text(), task.scan->hash().Digest());
    if (!fault.empty() && result_.faults.size() < kFaultsMax) {
      result_.faults.push_back(options_.forms.users[task.phone].username + ": " + fault);
    }
  }

  void AskAgain(std::size_t phone) {
    if (++phones_[phone].attempts < kRestoreAttempts) {
      waiting_.push_back(phone);
    } else {
      --unrestored_;
    }
  }

  void Lose(Connection& connection) {
    const bool was_connecting = connection.state() == Connection::State::kConnecting;
    if (connection.is_busy()) {
      GiveUp(connection, "connection lost");
    } else if (was_connecting) {
      CountError(pool_of_.at(&connection) == &senders_ ? result_.forms : result_.restores,
                 "cannot connect");
    }
    pool_of_.at(&connection)->Retire(connection);
  }

  void GiveUp(Connection& connection, const char* why) {
    const auto task = std::move(tasks_.at(&connection));
    CountError(PartOf(task.kind), why);
    if (task.phone >= phones_.size()) return;
    auto& phone = phones_[task.phone];
    phone.is_busy = false;
    if (task.kind == Task::Kind::kForm) {
      // Whether the form counts only the server knows.
      phone.needs_all = true;
      phone.is_unsure = true;
      ++result_.unsure;
    }
    if (task.kind == Task::Kind::kRestore) AskAgain(task.phone);
  }

  void CloseSilent(std::int64_t now) {
    for (auto* pool : {&askers_, &senders_}) {
      for (auto& connection : pool->connections()) {
        const auto heard = std::max(connection->due(), connection->last_byte());
        if (!connection->is_busy() || now - heard < kSilenceMicrosMax) continue;
        GiveUp(*connection, "timeout");
        pool->Retire(*connection);
      }
    }
  }

  void CountStatus(LoadPart& part, int status) {
    CountError(part, status == 0 ? "unreadable answer" : std::to_string(status));
  }
  void CountError(LoadPart& part, const std::string& what) {
    ++part.errors[what];
    ++errors_;
  }

  const PhoneLoadOptions& options_;
  FormSource source_;
  SeededRandom random_;
  std::vector<LoadPhone> phones_;
  PhoneLoadResult result_;
  detail::Loop loop_;
  detail::Pool askers_, senders_;
  std::unordered_map<Connection*, detail::Pool*> pool_of_;
  std::unordered_map<Connection*, Task> tasks_;
  std::deque<std::size_t> waiting_;  // for their first restore
  /// Answered 202: when to ask again.
  std::deque<std::pair<std::int64_t, std::pair<Task::Kind, std::size_t>>> delayed_;
  std::function<bool(const PhoneLoadProgress&)> progress_;
  std::size_t unrestored_ = 0, next_ = 0;
  std::uint64_t syncs_begun_ = 0, forms_begun_ = 0, errors_ = 0;
  std::int64_t start_ = 0, began_ = 0, end_ = 0, last_answer_ = 0, last_progress_ = 0;
  bool is_stopped_ = false;
};

}  // namespace

PhoneLoadResult RunPhoneLoad(const PhoneLoadOptions& options,
                             const std::function<bool(const PhoneLoadProgress&)>& progress) {
  OUTPOST_CHECK(options.phones > 0 && options.phones <= options.forms.users.size());
  OUTPOST_CHECK(options.form_rate == 0 || options.is_mixed ||
                options.phones < options.forms.users.size());
  return Run(options).Go(progress);
}

}  // namespace outpost::loadtest
