#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/instant.h"

/// Signature Version 4 as S3 wants it (AWS, "Authenticating Requests: Using the Authorization
/// Header"): a keyed hash over all that matters of a request. Pure; any thread.
namespace outpost::objects {

/// Never logged, never part of a message; the access key's name is (it says which one is meant).
struct Credentials {
  std::string access_key, secret_key;
  std::string session_token;  // of temporary ones; else empty
  std::string source;         // where they are from, in words
};

struct SigningScope {
  std::string region;
  Instant at;
  std::string service = "s3";
};

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct SignedParts {
  std::string_view method;  // "PUT"
  std::string path;         // encoded, as it is sent: EncodedPath
  Pairs query;              // plain
  Pairs headers;            // all that are signed, host among them; names in lower-case
  std::string body_sha256;  // hex
};

/// Each segment percent-encoded, slashes as they are.
std::string EncodedPath(std::string_view plain);
/// In the order of the signature, encoded; the same goes behind the question mark of the address.
std::string EncodedQuery(Pairs query);
/// "20130524T000000Z": the value of x-amz-date.
std::string SigningMoment(Instant at);

/// The value of the header Authorization.
std::string Authorization(const SignedParts& parts, const Credentials& credentials,
                          const SigningScope& scope);

}  // namespace outpost::objects
