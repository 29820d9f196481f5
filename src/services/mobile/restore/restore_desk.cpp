#include "services/mobile/restore/restore_desk.h"

#include <sys/resource.h>

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "base/problem.h"

namespace outpost::mobile {
namespace {

/// Below what answers forms.
constexpr int kNiceness = 5;

DeskAnswer Made(std::shared_ptr<const sync::Restored> restored) {
  DeskAnswer answer;
  answer.restored = std::move(restored);
  return answer;
}

DeskAnswer Full() {
  DeskAnswer answer;
  answer.kind = DeskAnswer::Kind::kFull;
  return answer;
}

}  // namespace

struct RestoreDesk::Job {
  Key key;
  sync::RestoreRequest request;
  sync::RestoreProgress progress;
  std::map<std::uint64_t, Then> waiters;
  std::uint64_t next_waiter = 0;
  std::shared_ptr<const sync::Restored> begun;  // nobody waits from then on
  bool was_put_off = false;                     // somebody was told to ask again
};

RestoreDesk::RestoreDesk(sync::Restorer& restorer, MetricRegistry& metrics,
                         const DeskLimits& limits)
    : restorer_(restorer), metrics_(metrics), limits_(limits), timer_(2 * limits.queued_max) {
  for (int i = 0; i < limits_.threads; ++i) threads_.emplace_back([this] { Work(); });
}

RestoreDesk::~RestoreDesk() { Stop(); }

RestoreDesk::Key RestoreDesk::KeyOf(const sync::RestoreRequest& request) {
  const int shape = (request.version == sync::Version::kV1 ? 1 : 0) +
                    (request.accepts_gzip ? 2 : 0) + (request.wants_item_count ? 4 : 0) +
                    (request.skips_fixtures ? 8 : 0);
  return {request.project->row, request.user.user_id, request.since,
          request.device_id + '\n' + request.app_id + '\n' + request.origin, shape};
}

std::shared_ptr<const sync::Restored> RestoreDesk::FindKept(const sync::RestoreRequest& request) {
  std::shared_ptr<const sync::Restored> found;
  {
    const std::lock_guard lock(mutex_);
    const auto at = kept_.find(KeyOf(request));
    if (at == kept_.end()) return nullptr;
    if (at->second.until < SteadyMicros()) {
      DropKept(at);
      return nullptr;
    }
    found = at->second.restored;
  }
  return restorer_.IsStillGood(request, *found) ? found : nullptr;
}

bool RestoreDesk::IsCutOff(const Job& job) {
  return job.begun != nullptr && job.begun->document != nullptr &&
         job.begun->document->Look().state == SpooledBytes::State::kCutOff;
}

void RestoreDesk::Ask(sync::RestoreRequest request, bool can_ask_again, bool is_fresh, Then then) {
  if (!is_fresh) {
    if (auto kept = FindKept(request)) return then(Made(std::move(kept)));
  }
  std::shared_ptr<Job> job;
  std::shared_ptr<const sync::Restored> begun;
  std::uint64_t waiter = 0;
  std::int64_t patience = limits_.next_patience_micros;
  {
    const std::lock_guard lock(mutex_);
    auto& known = jobs_[KeyOf(request)];
    if (known != nullptr && IsCutOff(*known)) known.reset();  // is about to go: nobody joins it
    if (known == nullptr) {
      if (is_stopped_ || queued_ >= limits_.queued_max) {
        jobs_.erase(KeyOf(request));
      } else {
        patience = limits_.first_patience_micros;
        known = std::make_shared<Job>();
        known->key = KeyOf(request);
        known->request = std::move(request);
        Enqueue(known);
        job = known;
      }
    } else {
      job = known;
    }
    if (job != nullptr) begun = job->begun;
    if (job != nullptr && begun == nullptr) {
      waiter = job->next_waiter++;
      job->waiters.emplace(waiter, then);
    }
  }
  if (begun != nullptr) return then(Made(std::move(begun)));
  if (job == nullptr) return then(Full());
  if (can_ask_again) {
    timer_.RunAt(SteadyMicros() + patience, [this, job, waiter] { LoseHope(job, waiter); });
  }
}

void RestoreDesk::LoseHope(const std::shared_ptr<Job>& job, std::uint64_t waiter) {
  Then then;
  DeskAnswer answer;
  {
    const std::lock_guard lock(mutex_);
    const auto at = job->waiters.find(waiter);
    if (at == job->waiters.end()) return;
    then = std::move(at->second);
    job->waiters.erase(at);
    job->was_put_off = true;
    answer.kind = DeskAnswer::Kind::kPending;
    answer.done = job->progress.done;
    answer.total = job->progress.total;
  }
  then(answer);
}

void RestoreDesk::Enqueue(const std::shared_ptr<Job>& job) {
  queues_[std::get<0>(job->key)].push_back(job);
  ++queued_;
  changed_.notify_one();
}

std::shared_ptr<RestoreDesk::Job> RestoreDesk::NextJob() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return is_stopped_ || (queued_ > 0 && !holds_); });
  if (is_stopped_) return nullptr;
  // The project after the one served last, so that one with many users does not keep others out.
  auto turn = queues_.upper_bound(served_last_);
  if (turn == queues_.end()) turn = queues_.begin();
  served_last_ = turn->first;
  auto job = std::move(turn->second.front());
  turn->second.pop_front();
  if (turn->second.empty()) queues_.erase(turn);
  --queued_;
  return job;
}

void RestoreDesk::Work() {
  (void)::setpriority(PRIO_PROCESS, 0, kNiceness);  // of this thread, on Linux
  while (auto job = NextJob()) Make(job);
}

void RestoreDesk::GiveBegun(const std::shared_ptr<Job>& job, const sync::Restored& growing) {
  const auto begun = std::make_shared<const sync::Restored>(growing);
  std::map<std::uint64_t, Then> waiters;
  {
    const std::lock_guard lock(mutex_);
    job->begun = begun;
    waiters.swap(job->waiters);
  }
  for (auto& [number, then] : waiters) then(Made(begun));
}

void RestoreDesk::NoteCutOff(const Job& job) {
  metrics_.CounterOf("outpost.restore.cut_off").Add();
  std::string why;
  try {
    throw;
  } catch (const Problem& problem) {
    why = problem.told() + ' ' + problem.detail();
  } catch (const std::exception& error) {
    why = error.what();
  }
  Log(LogLevel::kError, "restore.cut_off",
      {{"project", job.request.project->name}, {"user", job.request.user.user_id}, {"why", why}});
}

void RestoreDesk::Make(const std::shared_ptr<Job>& job) {
  DeskAnswer answer;
  try {
    const auto begun = [&](const sync::Restored& growing) { GiveBegun(job, growing); };
    answer = Made(
        std::make_shared<const sync::Restored>(restorer_.Make(job->request, job->progress, begun)));
  } catch (...) {
    answer.kind = DeskAnswer::Kind::kFailed;
    answer.failure = std::current_exception();
    if (job->begun != nullptr) NoteCutOff(*job);
  }
  std::map<std::uint64_t, Then> waiters;
  {
    const std::lock_guard lock(mutex_);
    if (const auto at = jobs_.find(job->key); at != jobs_.end() && at->second == job) {
      jobs_.erase(at);
    }
    waiters.swap(job->waiters);
    if (answer.restored && !answer.restored->refused) Keep(*job, answer.restored);
  }
  for (auto& [number, then] : waiters) then(answer);
}

void RestoreDesk::Keep(const Job& job, const std::shared_ptr<const sync::Restored>& restored) {
  const auto length = restored->document->length();
  const bool is_worth_it = job.was_put_off || restored->cases >= limits_.kept_cases_min;
  if (const auto old = kept_.find(job.key); old != kept_.end()) DropKept(old);
  if (!is_worth_it || length > limits_.kept_bytes_max) return;
  while (kept_bytes_ + length > limits_.kept_bytes_max) {
    DropKept(std::min_element(kept_.begin(), kept_.end(), [](const auto& a, const auto& b) {
      return a.second.until < b.second.until;
    }));
  }
  kept_.emplace(job.key, Kept{restored, SteadyMicros() + limits_.keep_micros});
  kept_bytes_ += length;
  metrics_.GaugeOf("outpost.restore.kept_bytes").Set(static_cast<double>(kept_bytes_));
}

void RestoreDesk::DropKept(std::map<Key, Kept>::iterator at) {
  kept_bytes_ -= at->second.restored->document->length();
  kept_.erase(at);
}

void RestoreDesk::ForgetFirst(const sync::RestoreRequest& request) {
  const auto [project, user, token, device, shape] = KeyOf(request);
  const std::lock_guard lock(mutex_);
  auto at = kept_.lower_bound(Key{project, user, "", device, 0});
  while (at != kept_.end() && std::get<0>(at->first) == project && std::get<1>(at->first) == user &&
         std::get<2>(at->first).empty() && std::get<3>(at->first) == device) {
    DropKept(at++);
  }
}

void RestoreDesk::Hold(bool holds) {
  const std::lock_guard lock(mutex_);
  holds_ = holds;
  changed_.notify_all();
}

void RestoreDesk::Stop() {
  std::vector<Then> dropped;
  {
    const std::lock_guard lock(mutex_);
    if (is_stopped_) return;
    is_stopped_ = true;
    for (auto& [project, queue] : queues_) {
      for (auto& job : queue) {
        for (auto& [number, then] : job->waiters) dropped.push_back(std::move(then));
        job->waiters.clear();
      }
    }
    changed_.notify_all();
  }
  for (auto& then : dropped) then(Full());
  for (auto& thread : threads_) thread.join();
  timer_.Close();
}

}  // namespace outpost::mobile
