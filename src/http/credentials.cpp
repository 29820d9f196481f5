#include "http/credentials.h"

#include "base/storable_text.h"
#include "base/text.h"
#include "http/detail/header_fields.h"

namespace outpost::http {
namespace {

std::string ToUtf8(std::string text) {
  if (IsValidUtf8(text)) return text;
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out += c;
    } else {
      out += static_cast<char>(0xc0 | (byte >> 6));
      out += static_cast<char>(0x80 | (byte & 0x3f));
    }
  }
  return out;
}

void ReadBasic(std::string_view value, Credentials& out) {
  const auto decoded = BytesOfBase64(value);
  const auto colon = decoded ? decoded->find(':') : std::string::npos;
  if (colon == std::string::npos) {
    out.is_malformed = true;
    return;
  }
  out.username = StorableText(ToUtf8(decoded->substr(0, colon)));
  out.secret = ToUtf8(decoded->substr(colon + 1));
}

void ReadApiKey(std::string_view value, Credentials& out) {
  // The last colon: keys have none, names of migrated project spaces may.
  const auto colon = value.rfind(':');
  if (colon == std::string_view::npos || colon == 0) {
    out.is_malformed = true;
    return;
  }
  out.username = Trim(value.substr(0, colon));
  out.secret = Trim(value.substr(colon + 1));
}

void ReadDigest(std::string_view value, Credentials& out) {
  DigestFields& fields = out.digest;
  const std::pair<std::string_view, std::string*> places[] = {{"username", &fields.username},
                                                              {"realm", &fields.realm},
                                                              {"nonce", &fields.nonce},
                                                              {"uri", &fields.uri},
                                                              {"response", &fields.response},
                                                              {"qop", &fields.qop},
                                                              {"nc", &fields.nc},
                                                              {"cnonce", &fields.cnonce},
                                                              {"opaque", &fields.opaque},
                                                              {"algorithm", &fields.algorithm}};
  detail::Parameters parameters(value, ',');
  while (auto pair = parameters.Next()) {
    for (const auto& place : places) {
      if (place.first == pair->name) *place.second = std::move(pair->value);
    }
  }
  out.is_malformed = parameters.is_malformed() || fields.username.empty() || fields.nonce.empty() ||
                     fields.uri.empty() || fields.response.empty();
  out.username = fields.username;
}

}  // namespace

Credentials ReadCredentials(const Request& request) {
  Credentials out;
  const auto header = request.headers.Find("Authorization");
  if (!header) return out;
  const auto text = Trim(*header);
  const auto blank = text.find(' ');
  const auto scheme = text.substr(0, blank);
  const auto value =
      blank == std::string_view::npos ? std::string_view() : Trim(text.substr(blank));
  if (EqualsIgnoreCase(scheme, "Basic")) {
    out.scheme = Scheme::kBasic;
    ReadBasic(value, out);
  } else if (EqualsIgnoreCase(scheme, "Digest")) {
    out.scheme = Scheme::kDigest;
    ReadDigest(value, out);
  } else if (EqualsIgnoreCase(scheme, "Bearer")) {
    out.scheme = Scheme::kBearer;
    out.secret = value;
    out.is_malformed = value.empty();
  } else if (EqualsIgnoreCase(scheme, "ApiKey")) {
    out.scheme = Scheme::kApiKey;
    ReadApiKey(value, out);
  } else {
    out.scheme = Scheme::kUnknown;
  }
  return out;
}

std::optional<std::string> CookieOf(const Request& request, std::string_view name) {
  for (const auto& field : request.headers.all()) {
    if (!EqualsIgnoreCase(field.first, "Cookie")) continue;
    for (const auto cookie : Split(field.second, ';')) {
      const auto equals = cookie.find('=');
      if (equals == std::string_view::npos || Trim(cookie.substr(0, equals)) != name) continue;
      auto value = Trim(cookie.substr(equals + 1));
      if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
        value = value.substr(1, value.size() - 2);
      }
      return std::string(value);
    }
  }
  return std::nullopt;
}

std::string BasicChallenge(std::string_view realm) {
  return "Basic realm=\"" + std::string(realm) + '"';
}

}  // namespace outpost::http
