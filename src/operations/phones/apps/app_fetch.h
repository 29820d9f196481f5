#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "http/message.h"

/// How a phone gets one file of an app, and what it makes of the answer (app delivery document 2,
/// 4.4).
namespace outpost::phones {

/// What came back from an address. Tests cut answers and connections here.
struct FetchAnswer {
  enum class Kind : std::uint8_t {
    kAnswer,
    kNone,  // the connection failed, or ended before the whole body
    kNoNetwork,
    kBadCertificate,
  };
  Kind kind = Kind::kNone;
  int status = 0;
  http::Headers headers;
  std::string body;  // decoded
};

/// GET of one address; "jr://" ones are files of the phone. Must not throw.
using Fetch = std::function<FetchAnswer(const std::string& address, const http::Headers& headers)>;

/// Over sockets, one kept connection for each server. Redirects are not followed here.
/// Threads: one at a time.
Fetch HttpFetch();

/// Why a phone asks (X-CommCareHQ-RequestSource).
enum class RequestSource : std::uint8_t {
  kInstall,
  kReinstall,
  kRecovery,
  kForegroundUpdate,
  kBackgroundUpdate,
  kForegroundLazy,
  kBackgroundLazy,
};
std::string_view NameOf(RequestSource source);
/// X-CommCareHQ-RequestAge: time since the first failed attempt.
std::string_view AgeName(std::int64_t micros);

struct GetResult {
  enum class Kind : std::uint8_t {
    kContent,
    kMissing,      // 404: the next address is tried
    kActionable,   // 406: `told` is what the user reads
    kRateLimited,  // 503
    kFailed,       // worth another try
    kNoNetwork,
    kBadCertificate,
    kCaptivePortal,   // a 301 from a secure server to another host
    kCrash,           // an answer without Date, which ends the client's request
    kUnusableHeader,  // the date of the release cannot be read
  };
  Kind kind = Kind::kFailed;
  std::string content;
  std::string told;  // the client's own string id or the server's text for it; else why
  int status = 0;
};

/// A lossy address is tried so often in all.
inline constexpr int kTriesPerPlace = 4;
inline constexpr int kRedirectsMax = 20;

/// Follows redirects, tries again. Any status of the 2xx is content.
GetResult GetFile(const Fetch& fetch, const std::string& address, const http::Headers& headers);

/// X-CommCareHQ-AppReleasedOn in the only form that clients can read:
/// "2025-06-03T10:00:00+00:00", no fraction, a numeric zone.
bool IsReadableRelease(std::string_view header);

}  // namespace outpost::phones
