#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/timer.h"
#include "domain/people/authenticator.h"
#include "domain/people/detail/back_off.h"
#include "domain/people/detail/generation_map.h"
#include "domain/people/detail/hashing_pool.h"

namespace outpost::people::detail {

/// Whether a password is right, without hashing what was hashed before. Threads: any.
class PasswordCheck {
 public:
  /// `secret`: 32 bytes; what is remembered can only be compared with it at hand.
  PasswordCheck(std::string secret, const Clock& clock, MetricRegistry& metrics,
                const AuthenticatorOptions& options);

  /// Who tries: the full user name, of an account or not, and from where.
  struct Asker {
    std::string_view name;
    std::string_view address;
    bool is_account = false;
  };

  struct Question {
    std::string name;  // full user name, of an account or not
    std::string password;
    std::string address;
    // Of the account; empty hash and 0 when there is none of that name.
    std::string stored;
    std::int64_t account = 0;
    std::int64_t auth_version = 0;

    Asker asker() const { return {name, address, account != 0}; }
  };
  /// Only kRight, kWrong and kBusy (with seconds to wait).
  using Answer = std::function<void(Verdict, std::int64_t retry_after_seconds)>;
  void Ask(Question question, Answer answer);

  /// Back-off, also for secrets that are checked elsewhere (Digest).
  std::int64_t PauseSeconds(const Asker& asker);
  void CountFailure(const Asker& asker);
  /// Whether such a secret of this account was right from this address: then no pause holds it up,
  /// until one is wrong.
  bool IsKnownAt(const Account& account, std::string_view address);
  void KnowAt(const Account& account, std::string_view address);
  void ForgetAt(const Account& account, std::string_view address);

  void Stop();

 private:
  struct Right {
    std::int64_t account = 0;
    std::int64_t auth_version = 0;
  };
  struct Wrong {
    std::int64_t account = 0;
    std::int64_t auth_version = 0;
    Instant at;
  };

  MemoryKey KeyOf(std::string_view kind, std::string_view a, std::string_view b) const;
  /// kRight, kWrong, or kNone when nothing is remembered.
  Verdict Remembered(const MemoryKey& key, const Question& question);
  /// Calls the answer when the hash is known; after a pause that began meanwhile with kBusy.
  void Decide(const MemoryKey& key, const Question& question, const Answer& answer);
  Verdict Hash(const MemoryKey& key, const Question& question);
  Verdict NoteWrong(const MemoryKey& key, const Question& question);
  bool IsSuspect(std::string_view address);
  BackOff& NamesOf(const Asker& asker) { return asker.is_account ? accounts_ : nobodies_; }

  const std::string secret_;
  const Clock& clock_;
  const std::int64_t wrong_remembered_micros_;
  Histogram& hashing_;
  Counter& unknown_formats_;
  GenerationMap<Right> right_;
  GenerationMap<Wrong> wrong_;
  BackOff accounts_;
  BackOff nobodies_;  // apart: invented names drop no account's failures
  BackOff addresses_;
  std::atomic<std::int64_t> wrong_micros_{0};  // what the last wrong password took; 0: none yet
  HashingPool pool_;                           // from here on: threads that use all of the above
  /// Checks of names that do not exist: they end after the time that a real one would take, so that
  /// nobody learns from it which names exist, but hash nothing and take no turn from others.
  Timer pretended_;
};

}  // namespace outpost::people::detail
