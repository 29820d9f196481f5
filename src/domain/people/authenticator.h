#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "crypto/sealing.h"
#include "domain/people/accounts.h"
#include "domain/projects/projects.h"
#include "http/credentials.h"
#include "http/message.h"
#include "store/sql/database.h"
#include "store/sql/writer.h"

/// Answers "who is asking, and is it true" for every scheme.
///
/// A right password is remembered as a keyed hash and counts while the account's auth_version,
/// read with each request anyway, is unchanged; a wrong one is remembered for a minute. Only what
/// is new is hashed, in a bounded pool of its own, with back-off per account.
///
///   request ─► account row ─► remembered? ─yes─► kRight / kWrong
///                                  └─no─► pause? ─yes─► kBusy
///                                           └─no─► pool ─full─► kBusy
///                                                    └─► argon2id or a migrated hash
///
/// A migrated hash stays as it is after a sign-in, until the project gives up the way back.
namespace outpost::people {

enum class Verdict : std::uint8_t {
  kRight,
  kNone,   // no credentials of an allowed scheme
  kWrong,  // unknown name, wrong secret, expired key
  kStale,  // Digest nonce too old: challenge again with stale=true
  kGone,   // right name of a worker that is deactivated or deleted: 406 for phones
  kBusy,   // the hashing pool is full, or back-off: 503 with Retry-After, never 401
};

struct SignedIn {
  Verdict verdict = Verdict::kNone;
  std::shared_ptr<const Account> account;  // set when kRight (and kGone)
  http::Scheme scheme = http::Scheme::kNone;
  bool by_session = false;
  std::int64_t key_project =
      0;                  // the only one that the API key is good for; 0: all of the account's
  std::string gone_code;  // "user.deactivated", "user.deleted"
  std::int64_t retry_after_seconds = 0;
};

/// Which schemes count for a request.
struct Allowed {
  bool basic = false, digest = false, api_key = false, session = false;
  bool api_key_in_query = false;     // ?username=U&api_key=K
  bool api_key_as_password = false;  // Basic with an API key as password
  bool key_of_any_project = false;   // for routes outside projects: see SignedIn::key_project
};

/// The realm of Digest challenges. What is sealed for Digest depends on it: never change it.
inline constexpr std::string_view kDigestRealm = "DJANGO";

/// After this many different wrong credentials for one account each further one is followed by a
/// pause that doubles from 1 s to 60 s, in which what is not remembered is answered kBusy. One
/// failure is forgotten every 6 s. What is remembered is never slowed.
inline constexpr int kFreeFailuresPerAccount = 10;
/// An address with more wrong credentials than this is suspect: there an account has fewer free
/// ones. It is never shut, as the phones of a whole district may share it.
inline constexpr int kFreeFailuresPerAddress = 100;
inline constexpr int kFreeFailuresAtSuspectAddress = 3;
inline constexpr std::int64_t kBackOffSecondsMax = 60;
/// Retry-After when the hashing pool is full.
inline constexpr std::int64_t kPoolFullRetrySeconds = 3;

/// A session ends this long after it was last used.
inline constexpr std::int64_t kSessionIdleMicros = 14 * kMicrosPerDay;
inline constexpr std::int64_t kOneTimeLinkMicros = 30 * 60 * kMicrosPerSecond;
/// Web users' passwords have at least this many bytes.
inline constexpr std::size_t kWebPasswordBytesMin = 8;

struct AuthenticatorOptions {
  int hashing_threads = 1;
  std::size_t hashing_queue_max = 64;
  std::size_t remembered_max = 200'000;       // right credentials, about 100 bytes each
  std::size_t wrong_remembered_max = 20'000;  // apart: a flood of wrong ones drops no right one
  std::int64_t wrong_remembered_micros = 60 * kMicrosPerSecond;
  std::string digest_realm{kDigestRealm};
};

class Authenticator {
 public:
  Authenticator(sql::Database& database, sql::Writer& writer, const crypto::ServerKey& key,
                const Clock& clock, MetricRegistry& metrics,
                const AuthenticatorOptions& options = {});
  ~Authenticator();

  /// Calls `then` exactly once: on this thread when the answer is known, else on a hashing thread,
  /// which is there for few and slow things: hand long work on. What `then` throws there is logged.
  /// `project` completes short worker names and decides on keys of one project; may be null.
  /// Whether the account belongs to the project is the caller's question (AccessOf).
  /// The request is only looked at during the call, not kept.
  /// @throws Problem kBusy (before `then`) when no reading connection is free.
  using Then = std::function<void(const SignedIn&)>;
  void Identify(const http::Request& request, const projects::Project* project, Allowed allowed,
                Then then);

  /// The same for a name and password from a sign-in form.
  void CheckPassword(std::string_view username, std::string_view password,
                     const projects::Project* project, const std::string& remote_address,
                     Then then);

  /// Challenge headers for a 401.
  http::DigestGuard& digest();

  // Web sessions -------------------------------------------------------------------------------
  /// Starts a session for an account; returns the cookie's value.
  std::string StartSession(sql::Batch& batch, const Account& account);
  void EndSession(sql::Batch& batch, std::string_view cookie);

  /// Answers kBusy to what waits for hashing and ends the pool. Before the writer stops.
  void Stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

inline constexpr std::string_view kSessionCookie = "sessionid";

/// Hashes a password for storage. Slow: not on the writer's thread.
struct NewPassword {
  std::string hash;
};
NewPassword HashForStorage(std::string_view password);
/// @throws Problem kBadRequest when the password is empty, too long, or too short for a web user.
void CheckPasswordRules(Kind kind, std::string_view password);

/// Lets an account sign in with Digest: seals HA1 for its user name, and for the name as somebody
/// may type it when that differs in letter case. Call with the clear password while it is at hand.
void EnableDigest(sql::Batch& batch, const crypto::ServerKey& key, const Account& account,
                  std::string_view realm, std::string_view password,
                  std::string_view name_as_typed = {});
/// Digest works from the next ChangePassword on: the clear password is not at hand now.
void RequestDigest(sql::Batch& batch, const Account& account);
void DisableDigest(sql::Batch& batch, const Account& account);
/// Enabled or requested.
bool HasDigest(sql::Connection& connection, const Account& account);
/// SetPassword that keeps Digest working where it was enabled. `password` is the clear text of
/// `made`, which was hashed outside the writer.
void ChangePassword(sql::Batch& batch, const crypto::ServerKey& key, std::string_view username,
                    const NewPassword& made, std::string_view realm, std::string_view password);

struct ApiKeyLimits {
  std::vector<std::string> allowed_addresses;  // addresses or networks; empty: any
  Instant expires_on;                          // 0: never
};
/// Makes an API key; shown once. `project` 0: for all of the account's projects.
/// @throws Problem kConflict when the account has a key of that name, kBadRequest for an empty name
///         or an address that cannot be read.
std::string CreateApiKey(sql::Batch& batch, const Account& account, std::string_view name,
                         std::int64_t project, const ApiKeyLimits& limits = {});

/// One-time links (first administrator, set a password): 30 minutes.
std::string CreateOneTimeLink(sql::Batch& batch, std::string_view purpose, std::int64_t account);
/// The account of a link that is still good, without using it up; for the page that it opens.
std::optional<std::int64_t> PeekOneTimeLink(sql::Connection& connection, std::string_view token,
                                            std::string_view purpose, Instant now);
/// True once for a link that is still good.
bool ConsumeOneTimeLink(sql::Batch& batch, std::string_view token, std::string_view purpose);

}  // namespace outpost::people
