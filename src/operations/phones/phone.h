#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "operations/phones/exchange.h"
#include "operations/phones/phone_form.h"
#include "operations/phones/phone_store.h"
#include "operations/phones/restore_reader.h"

/// A simulated Android phone: what it sends, how it reads answers, and what it does to its own data
/// (restore document 3.3, 5, 8.3, 11; submission document 3, 6.1).
namespace outpost::phones {

struct PhoneSettings {
  std::string project;
  std::string username;  // as the phone sends it: "jane@demo.commcarehq.org"
  std::string password;
  std::string device_id;
  std::string app_id;  // in both addresses; may be empty
  Keep keep = Keep::kEverything;
};

/// What the phone needs of the world; all must outlive it.
struct PhoneDoors {
  Exchange& exchange;
  const Clock& clock;
  /// Sleeps for what Retry-After says.
  std::function<void(std::int64_t seconds)> wait;
};

/// Real phones ask for ever.
inline constexpr int kPendingAnswersMax = 1'000;

enum class SyncResult : std::uint8_t {
  kDone,
  kRecovered,        // after a 412, or a ring of cases
  kPasswordChanged,  // 401
  kActionable,       // 406: `why` is what the user reads
  kUnavailable,      // 429, 503
  kServerError,      // 500
  kUnknownFailure,   // 403, 404, …; also an answer without Date
  kLost,             // no answer
  kBadData,          // the payload, or a 202, was refused: `why`
  kRecoveryFailed,
};

struct SyncOutcome {
  SyncResult result = SyncResult::kLost;
  int status = 0;  // of the last answer
  bool was_412 = false;
  bool had_cycle = false;
  std::string why;
  std::vector<PendingRestore> pending;  // of each 202
  std::vector<std::string> purged;      // before asking
  RestoreOutcome restore;

  bool is_success() const {
    return result == SyncResult::kDone || result == SyncResult::kRecovered;
  }
};

struct QueuedForm {
  PhoneForm form;
  Request request;  // its body is the same every time; headers are those of the moment
  int attempts = 0;
};

struct Quarantined {
  PhoneForm form;
  std::string why;
};

enum class SendResult : std::uint8_t { kAllSent, kStopped, kRateLimited, kLost };

struct SendOutcome {
  SendResult result = SendResult::kAllSent;
  int status = 0;  // of the last answer
  std::string why;
  std::vector<std::string> sent;  // form ids
};

/// Threads: one at a time.
class Phone {
 public:
  Phone(PhoneSettings settings, PhoneDoors doors);

  /// The pull of a login: a full restore over what is there, without wiping.
  SyncOutcome LoginPull();
  /// Purge, then everything since the last token.
  SyncOutcome Sync();
  /// Sync while a form, filled after the phone has asked, is sent and arrives in the meantime.
  /// @returns also what became of the form
  std::pair<SyncOutcome, std::optional<Answer>> SyncDuring(const PhoneForm& form);

  /// A form of this phone, to be filled by the caller.
  PhoneForm NewForm(std::string form_id) const;
  /// Applies the form to the phone and queues it. Empty, or why the phone does not allow it.
  std::optional<std::string> Fill(PhoneForm form);
  /// Oldest first, one at a time, until something stops it.
  SendOutcome SendForms();

  const PhoneStore& store() const { return store_; }
  const PhoneSettings& settings() const { return settings_; }
  const std::deque<QueuedForm>& queue() const { return queue_; }
  const std::vector<Quarantined>& quarantine() const { return quarantine_; }
  /// Server minus phone, of the last answer.
  std::int64_t drift_micros() const { return drift_micros_; }

 private:
  enum class Mode : std::uint8_t { kLogin, kSync, kRecovery };

  SyncOutcome Pull(Mode mode);
  Request RestoreRequest(Mode mode) const;
  http::Headers CommonHeaders() const;
  /// Repeats what was answered 202.
  std::optional<Answer> AwaitRestore(const Request& request, std::optional<Answer> answer,
                                     SyncOutcome& outcome);
  void Finish(const Request& request, std::optional<Answer> answer, SyncOutcome& outcome);
  void Accept(const Answer& answer, bool replaces_cases, SyncOutcome& outcome);
  void Recover(SyncOutcome& outcome);
  bool PurgeFirst(SyncOutcome& outcome);

  Request FormRequest(const PhoneForm& form) const;
  /// With credentials and token as they are when it is sent.
  Request WithHeaders(Request request) const;
  /// True when the next form may be sent.
  bool SendFirst(SendOutcome& outcome);
  /// False when the answer has no readable Date, which fails the request on phones.
  bool ReadDate(const Answer& answer);

  PhoneSettings settings_;
  PhoneDoors doors_;
  PhoneStore store_;
  std::deque<QueuedForm> queue_;
  std::vector<Quarantined> quarantine_;
  std::int64_t drift_micros_ = 0;
};

}  // namespace outpost::phones
