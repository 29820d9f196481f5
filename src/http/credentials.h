#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "http/message.h"

/// What a request says about who is asking (web document 1.2, submission document 2). Reading
/// only: whether it is true is answered by domain/people.
namespace outpost::http {

enum class Scheme : std::uint8_t { kNone, kBasic, kDigest, kBearer, kApiKey, kUnknown };

struct DigestFields {
  std::string username, realm, nonce, uri, response, qop, nc, cnonce, opaque, algorithm;
};

struct Credentials {
  Scheme scheme = Scheme::kNone;
  std::string username;  // Basic, ApiKey, Digest
  std::string secret;    // password, key or token
  DigestFields digest;
  bool is_malformed = false;  // the scheme is known, its value unreadable
};

/// From the Authorization header; scheme names compare without case. Basic values that are not
/// UTF-8 are taken as Latin-1, which some Java clients send. Query-string keys are not looked at.
Credentials ReadCredentials(const Request& request);
/// A cookie's value.
std::optional<std::string> CookieOf(const Request& request, std::string_view name);

/// Basic realm="…" as phones expect it.
std::string BasicChallenge(std::string_view realm);

/// Makes and checks the server's side of Digest (RFC 2617, qop=auth, MD5). Nonces are
/// self-describing and sealed with a key, so no table grows; each accepts every nc value once, also
/// slightly out of order.
/// Threads: any.
class DigestGuard {
 public:
  static constexpr std::int64_t kNonceSeconds = 600;
  /// Nonces in use whose counters are remembered; older ones are asked anew (stale).
  static constexpr std::size_t kNoncesMax = 10'000;
  /// Requests that overtake each other on several connections: this far back counts as new.
  static constexpr std::uint32_t kCountsBack = 63;

  /// `key`: 32 random bytes of this process or installation.
  DigestGuard(std::string realm, std::string key, const Clock& clock);
  ~DigestGuard();

  std::string Challenge(bool is_stale) const;
  /// kStale: the password is right, but the nonce is too old, unknown, or its nc was used already:
  /// answer 401 with Challenge(true), clients then try again without asking anybody.
  enum class Verdict : std::uint8_t { kRight, kWrong, kStale };
  /// `ha1`: hex MD5 of name:realm:password. The uri must equal the request's target.
  Verdict Check(const Request& request, const DigestFields& fields, std::string_view ha1);
  const std::string& realm() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace outpost::http
