#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "base/metrics.h"
#include "base/timer.h"
#include "domain/sync/restore.h"

/// Where restores are made that need a look at the cases: a few threads of their own, so that forms
/// never wait for them, and one queue for each project space, served in turn.
///
///   Ask ─► made before and still good? ─yes─► given again
///             └─no─► somebody waits for the same? ─yes─► joins
///                       └─no─► queue ─► made ─► every waiter gets it
///   a waiter whose patience ends is told how far it is; it asks again and joins (202)
///
/// A large one is given while it is being made, to who waits and who joins: its document grows.
namespace outpost::mobile {

struct DeskLimits {
  int threads = 2;
  std::size_t queued_max = 5'000;                   // beyond: kFull
  std::int64_t first_patience_micros = 10'000'000;  // until the first 202 (12.2)
  std::int64_t next_patience_micros = 1'000'000;    // of those who join
  std::int64_t keep_micros = 3'600'000'000;         // made restores, for phones that ask again
  std::int64_t kept_bytes_max = std::int64_t{1} << 30;
  /// Smaller ones are made anew sooner than looked up.
  std::int64_t kept_cases_min = 1'000;
};

struct DeskAnswer {
  enum class Kind : std::uint8_t { kMade, kPending, kFull, kFailed } kind = Kind::kMade;
  std::shared_ptr<const sync::Restored> restored;  // kMade; its document may still grow
  std::int64_t done = 0, total = 0;                // kPending
  std::exception_ptr failure;                      // kFailed
};

class RestoreDesk {
 public:
  RestoreDesk(sync::Restorer& restorer, MetricRegistry& metrics, const DeskLimits& limits = {});
  ~RestoreDesk();

  /// Calls `then` exactly once: on this thread, or on one of the desk. Unless `can_ask_again` the
  /// caller waits however long it takes. `is_fresh`: nothing that was made before is given.
  /// Threads: any.
  using Then = std::function<void(const DeskAnswer&)>;
  void Ask(sync::RestoreRequest request, bool can_ask_again, bool is_fresh, Then then);

  /// The restores of this user and device that were made without a token will not be asked for
  /// again (restore document 4, step 10).
  void ForgetFirst(const sync::RestoreRequest& request);

  /// While it holds, nothing is taken from the queues. For tests.
  void Hold(bool holds);

  /// Answers kFull to whoever waits, and ends the threads.
  void Stop();

 private:
  /// Project, user, token, device, shape of the document: who has the same shares one restore.
  using Key = std::tuple<std::int64_t, std::string, std::string, std::string, int>;
  struct Job;
  struct Kept {
    std::shared_ptr<const sync::Restored> restored;
    std::int64_t until = 0;
  };
  static Key KeyOf(const sync::RestoreRequest& request);
  std::shared_ptr<const sync::Restored> FindKept(const sync::RestoreRequest& request);
  void Enqueue(const std::shared_ptr<Job>& job);
  std::shared_ptr<Job> NextJob();
  void Work();
  void Make(const std::shared_ptr<Job>& job);
  /// Logs the exception in flight: whose answer it ended has no other word of it.
  void NoteCutOff(const Job& job);
  /// Its document was begun and will never end.
  static bool IsCutOff(const Job& job);
  void GiveBegun(const std::shared_ptr<Job>& job, const sync::Restored& growing);
  void Keep(const Job& job, const std::shared_ptr<const sync::Restored>& restored);
  void DropKept(std::map<Key, Kept>::iterator at);
  void LoseHope(const std::shared_ptr<Job>& job, std::uint64_t waiter);

  sync::Restorer& restorer_;
  MetricRegistry& metrics_;
  const DeskLimits limits_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<Key, std::shared_ptr<Job>> jobs_;                         // queued and under way
  std::map<std::int64_t, std::deque<std::shared_ptr<Job>>> queues_;  // by project
  std::int64_t served_last_ = 0;
  std::size_t queued_ = 0;
  std::map<Key, Kept> kept_;
  std::int64_t kept_bytes_ = 0;
  bool is_stopped_ = false;
  bool holds_ = false;
  std::vector<std::thread> threads_;
  Timer timer_;  // last: what waits in it uses the rest
};

}  // namespace outpost::mobile
