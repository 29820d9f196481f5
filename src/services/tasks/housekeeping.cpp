#include "services/tasks/housekeeping.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/clock.h"
#include "base/log.h"

namespace outpost::tasks {
namespace {

constexpr std::int64_t kFirstAfterSeconds = 60;

void RunChore(const Chore& chore, const GoOn& go_on) {
  const auto started = SteadyMicros();
  try {
    const std::int64_t removed = chore.run(go_on);
    if (removed == 0) return;
    Log(LogLevel::kInfo, "housekeeping.done",
        {{"chore", chore.name}, {"removed", removed}, {"micros", SteadyMicros() - started}});
  } catch (const std::exception& error) {
    Log(LogLevel::kError, "housekeeping.failed", {{"chore", chore.name}, {"error", error.what()}});
  }
}

}  // namespace

struct Housekeeping::Impl {
  explicit Impl(std::vector<Chore> given) : chores(std::move(given)) {
    due.assign(chores.size(), SteadyMicros() + kFirstAfterSeconds * 1'000'000);
    thread = std::thread([this] { Loop(); });
  }

  /// False when it is time to stop.
  bool WaitUntil(std::int64_t at) {
    std::unique_lock lock(mutex);
    const std::chrono::microseconds wait(std::max<std::int64_t>(0, at - SteadyMicros()));
    return !woken.wait_for(lock, wait, [this] { return is_stopping; });
  }

  void Loop() {
    while (!chores.empty()) {
      const auto next = std::min_element(due.begin(), due.end());
      if (!WaitUntil(*next)) return;
      const auto index = static_cast<std::size_t>(next - due.begin());
      RunChore(chores[index], [this] {
        const std::lock_guard lock(mutex);
        return !is_stopping;
      });
      due[index] = SteadyMicros() + chores[index].every_seconds * 1'000'000;
    }
  }

  void Stop() {
    {
      const std::lock_guard lock(mutex);
      is_stopping = true;
    }
    woken.notify_all();
    if (thread.joinable()) thread.join();
  }

  std::vector<Chore> chores;
  std::vector<std::int64_t> due;
  std::mutex mutex;
  std::condition_variable woken;
  bool is_stopping = false;
  std::thread thread;
};

Housekeeping::Housekeeping(std::vector<Chore> chores) : impl_(new Impl(std::move(chores))) {}

Housekeeping::~Housekeeping() { Stop(); }

void Housekeeping::Stop() { impl_->Stop(); }

}  // namespace outpost::tasks
