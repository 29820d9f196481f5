#include "operations/phones/apps/app_fetch.h"

#include <boost/json.hpp>
#include <map>
#include <memory>
#include <optional>

#include "base/problem.h"
#include "base/text.h"
#include "format/deflate/gzip.h"
#include "http/client.h"

namespace outpost::phones {
namespace {

constexpr int kMovedForGood = 301, kNotFound = 404, kNotAcceptable = 406, kUnavailable = 503;

bool IsOnline(std::string_view address) {
  return address.starts_with("http://") || address.starts_with("https://");
}

/// "https://host:port" of an address.
std::string_view OriginOf(std::string_view address) {
  const auto host = address.find("://") + 3;
  return address.substr(0, address.find_first_of("/?", host));
}

std::string_view HostOf(std::string_view address) {
  const auto origin = OriginOf(address);
  auto host = origin.substr(origin.find("://") + 3);
  const auto colon = host.rfind(':');
  return host.ends_with(']') ? host : host.substr(0, colon);
}

bool IsRedirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

std::optional<std::string> Unpacked(std::string_view body) {
  std::string out;
  deflate::Gunzip gunzip;
  const auto state = gunzip.Feed(body, [&](std::string_view piece) {
    out += piece;
    return true;
  });
  if (state != deflate::Gunzip::State::kComplete) return std::nullopt;
  return out;
}

FetchAnswer AskServer(http::Client& client, const std::string& target, http::Headers headers) {
  headers.Set("Accept-Encoding", "gzip");
  FetchAnswer answer;
  auto got = client.Send(http::Method::kGet, target, headers);
  const auto encoding = got.headers.Find("Content-Encoding");
  if (encoding && EqualsIgnoreCase(*encoding, "gzip")) {
    auto unpacked = Unpacked(got.body);
    if (!unpacked) return answer;
    got.body = std::move(*unpacked);
  }
  answer.kind = FetchAnswer::Kind::kAnswer;
  answer.status = got.status;
  answer.headers = std::move(got.headers);
  answer.body = std::move(got.body);
  return answer;
}

/// The text of a 406, or the client's string that it names.
std::string ActionableText(std::string_view body) {
  boost::system::error_code error;
  const auto parsed = boost::json::parse(body, error);
  const auto* object = error ? nullptr : parsed.if_object();
  for (const char* key : {"error", "default_response"}) {
    const auto* found = object == nullptr ? nullptr : object->if_contains(key);
    if (found != nullptr && found->is_string()) return std::string(found->as_string());
  }
  return {};
}

GetResult Read(FetchAnswer answer) {
  using Kind = GetResult::Kind;
  GetResult result;
  result.status = answer.status;
  if (answer.status / 100 == 2) {
    const auto released = answer.headers.Find("X-CommCareHQ-AppReleasedOn");
    if (released && !IsReadableRelease(*released)) {
      result.kind = Kind::kUnusableHeader;
      result.told = "X-CommCareHQ-AppReleasedOn is " + std::string(*released);
      return result;
    }
    result.kind = Kind::kContent;
    result.content = std::move(answer.body);
  } else if (answer.status == kNotFound) {
    result.kind = Kind::kMissing;
  } else if (answer.status == kNotAcceptable) {
    result.kind = Kind::kActionable;
    result.told = ActionableText(answer.body);
  } else if (answer.status == kUnavailable) {
    result.kind = Kind::kRateLimited;
    result.told = "Our servers are unavailable at this time. Please try again later";
  } else {
    result.told = "status " + std::to_string(answer.status);
  }
  return result;
}

GetResult GetOnce(const Fetch& fetch, std::string address, const http::Headers& headers) {
  using Kind = GetResult::Kind;
  for (int redirects = 0; redirects <= kRedirectsMax; ++redirects) {
    auto answer = fetch(address, headers);
    GetResult result;
    switch (answer.kind) {
      case FetchAnswer::Kind::kNone:
        result.told = "no answer";
        return result;
      case FetchAnswer::Kind::kNoNetwork:
        result.kind = Kind::kNoNetwork;
        return result;
      case FetchAnswer::Kind::kBadCertificate:
        result.kind = Kind::kBadCertificate;
        return result;
      case FetchAnswer::Kind::kAnswer:
        break;
    }
    if (IsOnline(address) && !answer.headers.Find("Date")) {
      result.kind = Kind::kCrash;
      result.told = "an answer without Date ends the client's request";
      return result;
    }
    const auto where = answer.headers.Find("Location");
    if (!IsRedirect(answer.status) || !where) return Read(std::move(answer));
    auto next = where->starts_with('/') ? std::string(OriginOf(address)) + std::string(*where)
                                        : std::string(*where);
    if (answer.status == kMovedForGood && address.starts_with("https://") &&
        HostOf(next) != HostOf(address)) {
      result.kind = Kind::kCaptivePortal;
      result.told = "Invalid redirect from secure server to insecure server";
      return result;
    }
    address = std::move(next);
  }
  GetResult endless;
  endless.told = "too many redirects";
  return endless;
}

}  // namespace

Fetch HttpFetch() {
  auto clients = std::make_shared<std::map<std::string, http::Client, std::less<>>>();
  return [clients](const std::string& address, const http::Headers& headers) {
    FetchAnswer answer;
    if (!address.starts_with("http://")) {
      answer.kind = FetchAnswer::Kind::kNoNetwork;  // a test's server has no certificate
      return answer;
    }
    const std::string origin(OriginOf(address));
    try {
      auto client = clients->find(origin);
      if (client == clients->end()) client = clients->emplace(origin, http::Client(origin)).first;
      return AskServer(client->second, address.substr(origin.size()), headers);
    } catch (const Problem&) {
      clients->erase(origin);
      return answer;
    }
  };
}

std::string_view NameOf(RequestSource source) {
  switch (source) {
    case RequestSource::kInstall:
      return "install";
    case RequestSource::kReinstall:
      return "reinstall";
    case RequestSource::kRecovery:
      return "recovery";
    case RequestSource::kForegroundUpdate:
      return "foreground_update";
    case RequestSource::kBackgroundUpdate:
      return "background_update";
    case RequestSource::kForegroundLazy:
      return "foreground_lazy_resource";
    case RequestSource::kBackgroundLazy:
      return "background_lazy_resource";
  }
  OUTPOST_CHECK(false);
  return {};
}

std::string_view AgeName(std::int64_t micros) {
  constexpr std::pair<std::int64_t, std::string_view> kAges[] = {
      {10, "lt_10"}, {30, "lt_30"}, {60, "lt_60"}, {90, "lt_90"}, {120, "lt_120"}, {150, "lt_150"}};
  for (const auto& [days, name] : kAges) {
    if (micros < days * kMicrosPerDay) return name;
  }
  return "gt_150";
}

GetResult GetFile(const Fetch& fetch, const std::string& address, const http::Headers& headers) {
  GetResult result;
  for (int tries = 0; tries < kTriesPerPlace; ++tries) {
    result = GetOnce(fetch, address, headers);
    if (result.kind != GetResult::Kind::kFailed) break;
  }
  return result;
}

bool IsReadableRelease(std::string_view header) {
  constexpr std::string_view kShape = "0000-00-00T00:00:00";
  constexpr auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (header.size() <= kShape.size()) return false;
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    if (kShape[i] == '0' ? !is_digit(header[i]) : header[i] != kShape[i]) return false;
  }
  const auto zone = header.substr(kShape.size());
  if (zone[0] != '+' && zone[0] != '-') return false;
  const bool has_colon = zone.size() == 6 && zone[3] == ':';
  return (has_colon || zone.size() == 5) && ParseDateTime(header).has_value();
}

}  // namespace outpost::phones
