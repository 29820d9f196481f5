#include "operations/pg_backup/detail/receiver.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <system_error>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "base/problem.h"
#include "base/text.h"
#include "operations/pg_backup/detail/child.h"

namespace outpost::pg_backup::detail {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kFirstPause{250};
constexpr std::chrono::milliseconds kPauseMax{30'000};
/// One that ran so long had worked: the next pause is short again.
constexpr std::int64_t kWorkedMicros = 10'000'000;
constexpr int kLookMs = 200;

}  // namespace

Receiver::Receiver(std::string location, std::string slot, fs::path folder)
    : location_(std::move(location)), slot_(std::move(slot)), folder_(std::move(folder)) {
  fs::create_directories(folder_);
  fs::permissions(folder_, fs::perms::owner_all);
  thread_ = std::thread([this] { Loop(); });
}

Receiver::~Receiver() { Stop(); }

void Receiver::Stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

std::string Receiver::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

void Receiver::GiveUp() {
  const std::lock_guard lock(mutex_);
  has_given_up_ = true;
}

void Receiver::BeginAgain() {
  {
    const std::lock_guard lock(mutex_);
    has_given_up_ = false;
  }
  changed_.notify_all();
}

bool Receiver::has_given_up() const {
  const std::lock_guard lock(mutex_);
  return has_given_up_;
}

bool Receiver::IsWanted() const {
  const std::lock_guard lock(mutex_);
  return !is_stopping_ && !has_given_up_;
}

void Receiver::MakeSlot(Session& session) const {
  const auto state = session.Value(
      "SELECT COALESCE(wal_status, '') FROM pg_replication_slots WHERE slot_name = $1", {slot_});
  // The server threw away what it should have kept (max_slot_wal_keep_size): a new base follows.
  if (state == "lost") DropSlot(session, slot_);
  const auto made = session.Ask(
      "SELECT pg_create_physical_replication_slot($1, true) WHERE NOT EXISTS (SELECT 1 FROM "
      "pg_replication_slots WHERE slot_name = $1)",
      {slot_});
  if (!made.empty()) SetAside();
}

/// pg_receivewal goes on behind the newest file of its folder, which a server that held nothing
/// back may no longer have.
void Receiver::SetAside() const {
  fs::create_directories(folder_ / kSetAside);
  for (const auto& entry : fs::directory_iterator(folder_)) {
    if (entry.is_regular_file()) {
      fs::rename(entry.path(), folder_ / kSetAside / entry.path().filename());
    }
  }
}

void Receiver::Receive() {
  ChildPlan plan;
  {
    Session session(location_);
    const auto facts = LookAt(session);
    MakeSlot(session);
    plan.program = FindProgram("pg_receivewal", facts.major());
  }
  const auto reach = ReachOf(location_);
  plan.arguments = {"--dbname=" + reach.parameters,
                    "--no-password",
                    "--no-loop",
                    "--directory=" + folder_.string(),
                    "--slot=" + slot_,
                    "--synchronous",
                    "--status-interval=1"};
  plan.environment = reach.environment;
  Child child(plan);
  const auto started = SteadyMicros();
  while (!child.HasEnded(kLookMs)) {
    if (SteadyMicros() - started > kMicrosPerSecond) {
      const std::lock_guard lock(mutex_);
      trouble_.clear();
    }
    if (!IsWanted()) {
      child.Signal(SIGINT);
      return void(child.Wait());
    }
  }
  throw Problem(ProblemKind::kInternal,
                "PostgreSQL's log is not received: " + std::string(Trim(child.words())));
}

void Receiver::Loop() {
  auto pause = kFirstPause;
  for (;;) {
    const auto started = SteadyMicros();
    try {
      if (IsWanted()) {
        Receive();
      } else if (has_given_up()) {
        Session session(location_);
        DropSlot(session, slot_);
      }
    } catch (const std::exception& error) {
      if (SteadyMicros() - started > kWorkedMicros) pause = kFirstPause;
      Log(LogLevel::kError, "backup.receive_failed", {{"error", error.what()}});
      const std::lock_guard lock(mutex_);
      trouble_ = error.what();
    }
    std::unique_lock lock(mutex_);
    if (is_stopping_) return;
    if (has_given_up_) {
      changed_.wait_for(lock, kPauseMax, [this] { return is_stopping_ || !has_given_up_; });
      pause = kFirstPause;
    } else {
      changed_.wait_for(lock, pause, [this] { return is_stopping_; });
      pause = std::min(2 * pause, kPauseMax);
    }
    if (is_stopping_) return;
  }
}

bool DropSlot(Session& session, const std::string& slot) {
  session.Ask(
      "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1 "
      "AND NOT active",
      {slot});
  return session.Ask("SELECT 1 FROM pg_replication_slots WHERE slot_name = $1", {slot}).empty();
}

}  // namespace outpost::pg_backup::detail
