#include "operations/loadtest/detail/pool.h"

#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/clock.h"
#include "base/problem.h"

namespace outpost::loadtest::detail {
namespace {

constexpr std::size_t kEventsMax = 256;

}  // namespace

Loop::Loop() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) { OUTPOST_CHECK(epoll_ >= 0); }
Loop::~Loop() { ::close(epoll_); }

void Loop::Watch(Connection& connection) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLET;
  event.data.ptr = &connection;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.socket(), &event);
}

void Loop::Wait(std::int64_t micros, const std::function<void(Connection&)>& ready) {
  std::array<epoll_event, kEventsMax> events;
  timespec time{};
  time.tv_nsec = static_cast<long>(std::clamp<std::int64_t>(micros, 0, 999'999)) * 1000;
  const int count = ::epoll_pwait2(epoll_, events.data(), kEventsMax, &time, nullptr);
  for (int i = 0; i < count; ++i) {
    ready(*static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr));
  }
}

Pool::Pool(Loop& loop, Plan plan, std::function<void()> cannot_connect)
    : loop_(loop), plan_(std::move(plan)), cannot_connect_(std::move(cannot_connect)) {
  for (int i = 0; i < plan_.connections; ++i) {
    connections_.push_back(std::make_unique<Connection>());
    connections_.back()->Throttle(plan_.bytes_per_second);
  }
}

void Pool::OpenAll() {
  for (auto& connection : connections_) Open(*connection);
}

void Pool::Open(Connection& connection) {
  if (!connection.Connect(plan_.address, plan_.port)) {
    cannot_connect_();
    return Rest(connection);
  }
  loop_.Watch(connection);
}

Connection* Pool::TakeIdle() {
  if (idle_.empty()) return nullptr;
  auto* connection = idle_.back();
  idle_.pop_back();
  return connection;
}

void Pool::Rest(Connection& connection) {
  std::erase_if(resting_, [&](const auto& entry) { return entry.second == &connection; });
  resting_.emplace_back(SteadyMicros() + kPauseMicros, &connection);
}

void Pool::Retire(Connection& connection) {
  std::erase(idle_, &connection);
  connection.Close();  // which also takes it out of epoll
  Rest(connection);
}

void Pool::ReopenRested(std::int64_t now) {
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

std::int64_t Pool::UntilRested(std::int64_t now, std::int64_t wait) const {
  return resting_.empty() ? wait : std::min(wait, resting_.front().first - now);
}

bool Pool::has_busy() const {
  return std::any_of(connections_.begin(), connections_.end(),
                     [](const auto& connection) { return connection->is_busy(); });
}

std::int64_t CpuMicros() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  constexpr std::int64_t kSecondMicros = 1'000'000;
  const auto micros = [](const timeval& t) {
    return std::int64_t{t.tv_sec} * kSecondMicros + t.tv_usec;
  };
  return micros(usage.ru_utime) + micros(usage.ru_stime);
}

}  // namespace outpost::loadtest::detail
