#include "domain/people/detail/password_check.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/log.h"
#include "crypto/digests.h"
#include "crypto/passwords.h"

namespace outpost::people::detail {
namespace {

constexpr std::int64_t kForgetMicros = 6 * kMicrosPerSecond;
constexpr std::size_t kBackOffKeysMax = 20'000;
/// So long after its last wrong password what is asked for an account is doubtful: it stands behind
/// the others in the queue of the hashing pool.
constexpr std::int64_t kDoubtfulMicros = 3600 * kMicrosPerSecond;
constexpr std::size_t kPretendedMax = 1024;

/// Costs as much as the hash of a new account and matches nothing: a name that does not exist, or
/// has a hash that is quick to check, takes as long to refuse as any other.
constexpr std::string_view kNobodysHash =
    "argon2id$$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA"
    "$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

constexpr BackOffRule kRule = {
    kFreeFailuresPerAccount, kFreeFailuresAtSuspectAddress,        kForgetMicros,
    kMicrosPerSecond,        kBackOffSecondsMax* kMicrosPerSecond, kBackOffKeysMax};

}  // namespace

PasswordCheck::PasswordCheck(std::string secret, const Clock& clock, MetricRegistry& metrics,
                             const AuthenticatorOptions& options)
    : secret_(std::move(secret)),
      clock_(clock),
      wrong_remembered_micros_(options.wrong_remembered_micros),
      hashing_(metrics.HistogramOf("outpost.auth.hashing.seconds")),
      unknown_formats_(metrics.CounterOf("outpost.auth.unknown_hash.count")),
      right_(options.remembered_max),
      wrong_(options.wrong_remembered_max),
      accounts_(kRule),
      nobodies_(kRule),
      addresses_(kRule),
      pool_(options.hashing_threads, options.hashing_queue_max),
      pretended_(kPretendedMax) {}

void PasswordCheck::Stop() {
  pool_.Stop();
  pretended_.Close();
}

MemoryKey PasswordCheck::KeyOf(std::string_view kind, std::string_view a,
                               std::string_view b) const {
  std::string text(kind);
  // The length keeps "ab"+"c" apart from "a"+"bc".
  text += std::to_string(a.size());
  text += ':';
  text += a;
  text += b;
  const auto hash = crypto::KeyedHash(secret_, text);
  MemoryKey key{};
  std::copy_n(hash.begin(), key.size(), key.begin());
  return key;
}

Verdict PasswordCheck::Remembered(const MemoryKey& key, const Question& question) {
  if (question.account != 0) {
    const auto right = right_.Find(key);
    if (right && right->account == question.account &&
        right->auth_version == question.auth_version) {
      return Verdict::kRight;
    }
  }
  const auto wrong = wrong_.Find(key);
  if (!wrong || wrong->account != question.account ||
      wrong->auth_version != question.auth_version) {
    return Verdict::kNone;
  }
  const auto age = clock_.Now() - wrong->at;
  return age >= 0 && age < wrong_remembered_micros_ ? Verdict::kWrong : Verdict::kNone;
}

Verdict PasswordCheck::Hash(const MemoryKey& key, const Question& question) {
  const auto started = SteadyMicros();
  const auto found = crypto::VerifyPassword(question.stored, question.password);
  if (found != crypto::PasswordVerdict::kMatch && !crypto::IsOurHash(question.stored)) {
    crypto::VerifyPassword(kNobodysHash, question.password);
  }
  const auto micros = SteadyMicros() - started;
  hashing_.ObserveMicros(micros);
  if (found == crypto::PasswordVerdict::kUnknownFormat) {
    unknown_formats_.Add();
    Log(LogLevel::kWarning, "auth.unknown_hash", {{"account", question.account}});
  }
  if (found == crypto::PasswordVerdict::kMatch) {
    right_.Put(key, {question.account, question.auth_version});
    accounts_.Succeed(KeyOf("account", question.name, ""));
    return Verdict::kRight;
  }
  wrong_micros_.store(micros);
  return NoteWrong(key, question);
}

Verdict PasswordCheck::NoteWrong(const MemoryKey& key, const Question& question) {
  wrong_.Put(key, {question.account, question.auth_version, clock_.Now()});
  CountFailure(question.asker());
  return Verdict::kWrong;
}

void PasswordCheck::Decide(const MemoryKey& key, const Question& question, const Answer& answer) {
  // While it waited the same credential may have been checked for another connection of the phone,
  // or a pause may have begun.
  const auto remembered = Remembered(key, question);
  if (remembered != Verdict::kNone) return answer(remembered, 0);
  const auto pause = PauseSeconds(question.asker());
  if (pause > 0) return answer(Verdict::kBusy, pause);
  const bool is_pretended = question.account == 0 && wrong_micros_.load() != 0;
  answer(is_pretended ? NoteWrong(key, question) : Hash(key, question), 0);
}

void PasswordCheck::Ask(Question question, Answer answer) {
  const auto key = KeyOf("password", question.name, question.password);
  const auto remembered = Remembered(key, question);
  if (remembered != Verdict::kNone) return answer(remembered, 0);
  if (question.password.size() > crypto::kPasswordBytesMax) return answer(Verdict::kWrong, 0);
  const auto asker = question.asker();
  const auto pause = PauseSeconds(asker);
  if (pause > 0) return answer(Verdict::kBusy, pause);

  HashingPool::Job job;
  job.account = asker.name;
  job.is_doubtful = NamesOf(asker).HasFailedWithin(KeyOf("account", asker.name, ""), clock_.Now(),
                                                   kDoubtfulMicros);
  const auto address = question.address;
  // Until a real check was timed, there is nothing that a pretended one could be like.
  const auto wrong_micros = wrong_micros_.load();
  const bool is_pretended = question.account == 0 && wrong_micros != 0;
  const auto shared =
      std::make_shared<std::pair<Question, Answer>>(std::move(question), std::move(answer));
  job.run = [this, key, shared] { Decide(key, shared->first, shared->second); };
  job.refuse = [shared] { shared->second(Verdict::kBusy, kPoolFullRetrySeconds); };
  if (is_pretended) {
    const auto turns = static_cast<std::int64_t>(pool_.Ahead(job.is_doubtful)) + 1;
    const auto due = SteadyMicros() + turns * wrong_micros;
    if (!pretended_.RunAt(due, job.run, job.refuse)) job.refuse();
    return;
  }
  pool_.Submit(address, std::move(job));
}

std::int64_t PasswordCheck::PauseSeconds(const Asker& asker) {
  const auto micros = NamesOf(asker).PauseLeft(KeyOf("account", asker.name, ""), clock_.Now(),
                                               IsSuspect(asker.address));
  return (micros + kMicrosPerSecond - 1) / kMicrosPerSecond;
}

bool PasswordCheck::IsSuspect(std::string_view address) {
  return addresses_.CountOf(KeyOf("address", address, ""), clock_.Now()) > kFreeFailuresPerAddress;
}

void PasswordCheck::CountFailure(const Asker& asker) {
  const auto now = clock_.Now();
  NamesOf(asker).Fail(KeyOf("account", asker.name, ""), now);
  addresses_.Fail(KeyOf("address", asker.address, ""), now);
}

bool PasswordCheck::IsKnownAt(const Account& account, std::string_view address) {
  const auto right = right_.Find(KeyOf("known", account.username, address));
  return right && right->account == account.row && right->auth_version == account.auth_version;
}

void PasswordCheck::KnowAt(const Account& account, std::string_view address) {
  right_.Put(KeyOf("known", account.username, address), {account.row, account.auth_version});
}

void PasswordCheck::ForgetAt(const Account& account, std::string_view address) {
  right_.Erase(KeyOf("known", account.username, address));
}

}  // namespace outpost::people::detail
