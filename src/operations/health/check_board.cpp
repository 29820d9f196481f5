#include "operations/health/check_board.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <limits>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "base/problem.h"

namespace outpost::health {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

/// One check and what is known of it.
struct Slot {
  explicit Slot(Check what) : check(std::move(what)) {}

  Check check;
  std::thread thread;
  bool is_running = false;
  std::int64_t started = 0;
  std::int64_t finished = 0;
  std::optional<Verdict> last;
};

struct Question {
  std::vector<Slot*> slots;
  CheckBoard::Then then;
  std::int64_t asked = 0;
};

Verdict RunNow(const Check& check) {
  Verdict verdict{check.name, false, {}, 0};
  const auto start = SteadyMicros();
  try {
    auto result = check.run();
    verdict.is_ok = result.is_ok;
    verdict.message = std::move(result.message);
  } catch (const std::exception& error) {
    // Strangers read the answer, so only the log says why.
    verdict.message = check.name + " raised an error";
    Log(LogLevel::kError, "serverup.check_failed",
        {{"check", check.name}, {"error", error.what()}});
  }
  verdict.micros = SteadyMicros() - start;
  return verdict;
}

}  // namespace

struct CheckBoard::Impl {
  Impl(std::vector<Check> checks, MetricRegistry& registry, BoardLimits board_limits)
      : metrics(registry), limits(board_limits) {
    for (auto& check : checks) slots.emplace_back(std::move(check));
    supervisor = std::thread([this] { Supervise(); });
  }

  ~Impl() {
    {
      const std::lock_guard lock(mutex);
      is_stopping = true;
    }
    changed.notify_all();
    supervisor.join();
    for (auto& slot : slots) {
      if (slot.thread.joinable()) slot.thread.join();
    }
  }

  Slot* SlotOf(std::string_view name) {
    const auto at = std::find_if(slots.begin(), slots.end(),
                                 [&](const Slot& slot) { return slot.check.name == name; });
    return at == slots.end() ? nullptr : &*at;
  }

  void Publish(const Verdict& verdict) {
    const MetricLabel labels[] = {{"status", verdict.is_ok ? "ok" : "failed"},
                                  {"check", verdict.check}};
    metrics.GaugeOf("commcare.serverup.check", labels)
        .Set(static_cast<double>(verdict.micros) / 1e6);
  }

  /// With the lock held.
  void Start(Slot& slot) {
    if (slot.thread.joinable()) slot.thread.join();  // it has let go of the lock for good
    slot.is_running = true;
    slot.started = SteadyMicros();
    slot.thread = std::thread([this, &slot] {
      auto verdict = RunNow(slot.check);
      Publish(verdict);
      const std::lock_guard lock(mutex);
      slot.last = std::move(verdict);
      slot.finished = SteadyMicros();
      slot.is_running = false;
      changed.notify_all();
    });
  }

  /// The slot's verdict for a question, or nothing yet; then `due` says when to look again.
  std::optional<Verdict> Settle(Slot& slot, const Question& question, std::int64_t& due) {
    if (slot.last && slot.finished >= question.asked - limits.fresh_micros) return slot.last;
    if (!slot.is_running) Start(slot);
    const auto running = SteadyMicros() - slot.started;
    if (running >= limits.check_micros_max) {
      Verdict late{slot.check.name, false, "timed out", running};
      Publish(late);
      return late;
    }
    due = std::min(due, slot.started + limits.check_micros_max);
    return std::nullopt;
  }

  std::optional<std::vector<Verdict>> SettleAll(const Question& question, std::int64_t& due) {
    std::vector<Verdict> verdicts;
    for (auto* slot : question.slots) {
      if (auto verdict = Settle(*slot, question, due)) verdicts.push_back(std::move(*verdict));
    }
    if (verdicts.size() != question.slots.size()) return std::nullopt;
    return verdicts;
  }

  void Supervise() {
    std::unique_lock lock(mutex);
    while (!is_stopping) {
      auto due = kNever;
      std::vector<std::pair<Then, std::vector<Verdict>>> answers;
      for (auto at = questions.begin(); at != questions.end();) {
        auto verdicts = SettleAll(*at, due);
        if (verdicts) answers.emplace_back(std::move(at->then), std::move(*verdicts));
        at = verdicts ? questions.erase(at) : std::next(at);
      }
      if (!answers.empty()) {
        lock.unlock();
        for (const auto& [then, verdicts] : answers) then(verdicts);
        lock.lock();
        continue;  // something may have come or changed meanwhile
      }
      WaitUntil(lock, due);
    }
  }

  void WaitUntil(std::unique_lock<std::mutex>& lock, std::int64_t due) {
    if (is_stopping) return;
    if (due == kNever) {
      changed.wait(lock, [this] { return is_stopping || !questions.empty(); });
    } else {
      changed.wait_for(
          lock, std::chrono::microseconds(std::max<std::int64_t>(due - SteadyMicros(), 1'000)));
    }
  }

  MetricRegistry& metrics;
  const BoardLimits limits;
  std::deque<Slot> slots;  // addresses stay
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Question> questions;
  bool is_stopping = false;
  std::thread supervisor;
};

CheckBoard::CheckBoard(std::vector<Check> checks, MetricRegistry& metrics, BoardLimits limits)
    : impl_(std::make_unique<Impl>(std::move(checks), metrics, limits)) {}

CheckBoard::~CheckBoard() = default;

bool CheckBoard::Has(std::string_view name) const { return impl_->SlotOf(name) != nullptr; }

bool CheckBoard::Ask(const std::vector<std::string>& names, Then then) {
  Question question;
  for (const auto& name : names) {
    question.slots.push_back(impl_->SlotOf(name));
    OUTPOST_CHECK(question.slots.back() != nullptr);
  }
  question.then = std::move(then);
  question.asked = SteadyMicros();
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->questions.size() >= impl_->limits.questions_max) return false;
    impl_->questions.push_back(std::move(question));
  }
  impl_->changed.notify_all();
  return true;
}

}  // namespace outpost::health
