#include "store/objects/signature.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "crypto/digests.h"

namespace outpost::objects {
namespace {

std::string_view BytesOf(const std::array<std::uint8_t, 32>& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

/// Blanks around it gone, blanks inside to one.
std::string SignedValue(std::string_view value) {
  std::string out;
  for (const char c : Trim(value)) {
    if (c == ' ' && out.ends_with(' ')) continue;
    out += c;
  }
  return out;
}

struct SignedHeaders {
  std::string lines, names;
};

SignedHeaders HeadersOf(const Pairs& headers) {
  std::map<std::string, std::string> sorted;
  for (const auto& [name, value] : headers) {
    const auto [entry, is_new] = sorted.try_emplace(ToLower(name), SignedValue(value));
    if (!is_new) entry->second += "," + SignedValue(value);
  }
  SignedHeaders out;
  for (const auto& [name, value] : sorted) {
    out.lines += name + ":" + value + "\n";
    out.names += (out.names.empty() ? "" : ";") + name;
  }
  return out;
}

/// A key for one day, region and service, so that the secret itself signs nothing else.
std::array<std::uint8_t, 32> DayKey(const Credentials& credentials, const SigningScope& scope,
                                    std::string_view day) {
  auto key = crypto::HmacSha256("AWS4" + credentials.secret_key, day);
  for (const std::string_view part :
       {std::string_view(scope.region), std::string_view(scope.service),
        std::string_view("aws4_request")}) {
    key = crypto::HmacSha256(BytesOf(key), part);
  }
  return key;
}

}  // namespace

std::string EncodedPath(std::string_view plain) {
  std::string out;
  for (const auto segment : Split(plain, '/')) {
    if (!out.empty() || plain.starts_with('/')) out += '/';
    out += PercentEncode(segment);
  }
  if (plain.starts_with('/')) out.erase(0, 1);  // the empty text before the first slash
  return out;
}

std::string EncodedQuery(Pairs query) {
  for (auto& [name, value] : query) {
    name = PercentEncode(name);
    value = PercentEncode(value);
  }
  std::sort(query.begin(), query.end());
  std::string out;
  for (const auto& [name, value] : query) {
    out += (out.empty() ? "" : "&") + name + "=" + value;
  }
  return out;
}

std::string SigningMoment(Instant at) {
  std::string out;
  for (const char c : FormatT6(at).substr(0, 19)) {
    if (c != '-' && c != ':') out += c;
  }
  return out + "Z";
}

std::string Authorization(const SignedParts& parts, const Credentials& credentials,
                          const SigningScope& scope) {
  const auto headers = HeadersOf(parts.headers);
  const std::string request = std::string(parts.method) + "\n" + parts.path + "\n" +
                              EncodedQuery(parts.query) + "\n" + headers.lines + "\n" +
                              headers.names + "\n" + parts.body_sha256;
  const auto moment = SigningMoment(scope.at);
  const auto day = moment.substr(0, 8);
  const auto within = day + "/" + scope.region + "/" + scope.service + "/aws4_request";
  const auto text =
      "AWS4-HMAC-SHA256\n" + moment + "\n" + within + "\n" + crypto::Sha256Hex(request);
  const auto key = DayKey(credentials, scope, day);
  return "AWS4-HMAC-SHA256 Credential=" + credentials.access_key + "/" + within +
         ",SignedHeaders=" + headers.names +
         ",Signature=" + HexOf(crypto::HmacSha256(BytesOf(key), text));
}

}  // namespace outpost::objects
