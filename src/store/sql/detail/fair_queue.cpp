#include "store/sql/detail/fair_queue.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace outpost::sql::detail {
namespace {

/// Cost that a project may use before the next one has its turn.
constexpr std::int64_t kCreditPerTurn = 8;

}  // namespace

void FairQueue::Push(QueuedJob job) {
  const auto key = job.job->project();
  auto& lane = lanes_[key];
  if (lane.jobs.empty()) turns_.push_back(key);
  lane.jobs.push_back(std::move(job));
  ++size_;
}

void FairQueue::PutBack(std::vector<QueuedJob> jobs) {
  while (!jobs.empty()) {
    auto& job = jobs.back();
    const auto key = job.job->project();
    auto& lane = lanes_[key];
    if (lane.jobs.empty()) turns_.push_back(key);
    lane.credit += job.cost;
    lane.jobs.push_front(std::move(job));
    ++size_;
    jobs.pop_back();
  }
}

void FairQueue::EndTurn(Lane& lane) {
  lane.has_turn = false;
  if (turns_.size() > 1) {
    turns_.push_back(turns_.front());
    turns_.pop_front();
  }
}

void FairQueue::Take(std::size_t jobs_max, std::uint32_t cost_max, std::vector<QueuedJob>& out) {
  std::size_t jobs = 0;
  std::int64_t cost = 0;
  while (!turns_.empty() && jobs < jobs_max) {
    const auto key = turns_.front();
    auto& lane = lanes_[key];
    if (!lane.has_turn) {
      lane.has_turn = true;
      lane.credit += kCreditPerTurn;
    }
    auto& next = lane.jobs.front();
    if (lane.credit < next.cost) {
      EndTurn(lane);
      continue;
    }
    if (jobs > 0 && cost + next.cost > cost_max) return;
    cost += next.cost;
    lane.credit -= next.cost;
    out.push_back(std::move(next));
    lane.jobs.pop_front();
    --size_;
    ++jobs;
    if (lane.jobs.empty()) {
      lanes_.erase(key);  // unused credit is not saved up
      turns_.pop_front();
    }
  }
}

std::int64_t FairQueue::OldestSubmitted() const {
  auto oldest = std::numeric_limits<std::int64_t>::max();
  for (const auto key : turns_) {
    oldest = std::min(oldest, lanes_.at(key).jobs.front().submitted_micros);
  }
  return oldest;
}

}  // namespace outpost::sql::detail
