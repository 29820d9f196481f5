#include "store/objects/bucket.h"

#include <algorithm>
#include <array>
#include <optional>
#include <thread>
#include <utility>

#include "base/problem.h"
#include "base/text.h"
#include "crypto/digests.h"
#include "http/outgoing/outgoing.h"
#include "store/objects/detail/refusals.h"

namespace outpost::objects {
namespace {

using http::Method;
using http::Outcome;
using http::OutgoingAnswer;
using std::chrono::milliseconds;

constexpr milliseconds kNap{100};
constexpr std::string_view kPageObjects = "1000";

std::string Md5Base64(std::string_view bytes) {
  const auto hash = crypto::Md5(bytes);
  return Base64Of({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

/// "https" and "s3.example.org:9000" of an endpoint.
std::pair<std::string, std::string> SchemeAndHost(const std::string& endpoint) {
  const auto end = endpoint.find("://");
  OUTPOST_CHECK(end != std::string::npos);
  return {endpoint.substr(0, end), endpoint.substr(end + 3)};
}

/// Whether the same request may succeed a moment later.
bool MayPass(const OutgoingAnswer& answer) {
  if (answer.outcome == Outcome::kUnreachable) return true;
  if (answer.outcome != Outcome::kAnswered) return false;
  if (answer.status == 507) return false;  // full
  if (answer.status >= 500 || answer.status == 429 || answer.status == 408) return true;
  // S3's own word for a body that came too slowly, and for one that was damaged on the way.
  const auto code = answer.status == 400 ? ReadErrorWords(answer.body).code : std::string();
  return code == "RequestTimeout" || code == "BadDigest" || code == "XAmzContentSHA256Mismatch";
}

}  // namespace

struct Bucket::Impl {
  struct Ask {
    Method method = Method::kGet;
    std::string key;  // empty: the bucket itself
    Pairs query;
    std::string_view body;
    std::size_t answer_bytes_max = 64 * 1024;
  };

  Impl(BucketPlace given, BucketOptions with, const Clock& the_clock)
      : place(std::move(given)),
        options(std::move(with)),
        clock(the_clock),
        client({options.connect_time, options.stall_time, place.authorities, options.pacer}) {
    const auto [name, host_of_endpoint] = SchemeAndHost(place.endpoint);
    scheme = name;
    host = place.is_path_style ? host_of_endpoint : place.bucket + "." + host_of_endpoint;
  }

  http::OutgoingRequest Signed(const Ask& ask, const Credentials& credentials) const {
    const auto moment = clock.Now();
    SignedParts parts;
    parts.method = http::NameOf(ask.method);
    parts.path = EncodedPath((place.is_path_style ? "/" + place.bucket + "/" : "/") + ask.key);
    parts.query = ask.query;
    parts.body_sha256 = crypto::Sha256Hex(ask.body);
    parts.headers = {{"host", host},
                     {"x-amz-content-sha256", parts.body_sha256},
                     {"x-amz-date", SigningMoment(moment)}};
    if (ask.method == Method::kPut) {
      parts.headers.emplace_back("content-md5", Md5Base64(ask.body));
      parts.headers.emplace_back("content-type", "application/octet-stream");
    }
    if (!credentials.session_token.empty()) {
      parts.headers.emplace_back("x-amz-security-token", credentials.session_token);
    }
    http::OutgoingRequest request;
    request.method = ask.method;
    request.url = scheme + "://" + host + parts.path;
    if (!ask.query.empty()) request.url += "?" + EncodedQuery(ask.query);
    request.headers = parts.headers;
    request.headers.emplace_back("Authorization",
                                 Authorization(parts, credentials, {place.region, moment}));
    request.body = ask.body;
    request.answer_bytes_max = ask.answer_bytes_max;
    return request;
  }

  /// Until it is answered with something that another try would not change.
  OutgoingAnswer Send(const Ask& ask) {
    auto pause = options.first_pause;
    for (int left = options.tries;;) {
      const auto credentials = options.credentials();
      auto answer = client.Send(Signed(ask, credentials));
      if (answer.outcome == Outcome::kInterrupted) ThrowInterrupted();
      if (!MayPass(answer) || --left <= 0) {
        const bool is_good = answer.outcome == Outcome::kAnswered && answer.status / 100 == 2;
        const bool is_absent =
            answer.outcome == Outcome::kAnswered && detail::IsAbsent(answer, ask.method);
        if (!is_good && !is_absent) {
          detail::ThrowRefusal(answer, {place, credentials, ask.key, clock.Now()});
        }
        return answer;
      }
      Rest(std::max(pause, AskedFor(answer)));
      pause = std::min(2 * pause, kPauseMax);
    }
  }

  static milliseconds AskedFor(const OutgoingAnswer& answer) {
    const auto header = answer.headers.Find("Retry-After");
    const auto asked = header ? ParseInt(*header) : std::nullopt;
    if (!asked || *asked <= 0) return milliseconds(0);
    return std::min<milliseconds>(kRetryAfterMax, std::chrono::seconds(std::min<std::int64_t>(
                                                      *asked, kRetryAfterMax.count())));
  }

  void Rest(milliseconds time) const {
    const auto until = SteadyMicros() + std::chrono::microseconds(time).count();
    while (SteadyMicros() < until) {
      if (client.is_interrupted()) ThrowInterrupted();
      std::this_thread::sleep_for(kNap);
    }
  }

  [[noreturn]] static void ThrowInterrupted() {
    throw Problem(ProblemKind::kPaused, "The object store was not waited for: the server stops.");
  }

  /// One page; a server that answers nonsense is told apart from one that refuses.
  ListPage Page(std::string_view prefix, const std::string& token) {
    Ask ask;
    ask.query = {{"list-type", "2"},
                 {"prefix", std::string(prefix)},
                 {"encoding-type", "url"},
                 {"max-keys", std::string(kPageObjects)}};
    if (!token.empty()) ask.query.emplace_back("continuation-token", token);
    ask.answer_bytes_max = kListPageBytesMax;
    const auto answer = Send(ask);
    try {
      return ReadListPage(answer.body);
    } catch (const Problem& problem) {
      throw Problem(ProblemKind::kMalformed,
                    place.endpoint + " answered a list of " + place.bucket +
                        " with something else. Is it an S3-compatible server?",
                    problem.told());
    }
  }

  const BucketPlace place;
  const BucketOptions options;
  const Clock& clock;
  http::OutgoingClient client;
  std::string scheme, host;
};

Bucket::Bucket(BucketPlace place, BucketOptions options, const Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(place), std::move(options), clock)) {}
Bucket::~Bucket() = default;

void Bucket::Put(std::string_view key, std::string_view bytes) {
  impl_->Send({Method::kPut, std::string(key), {}, bytes});
}

std::string Bucket::Get(std::string_view key, std::size_t bytes_max) {
  auto answer = impl_->Send({Method::kGet, std::string(key), {}, {}, bytes_max});
  if (answer.status == 404) {
    throw Problem(ProblemKind::kNotFound,
                  std::string(key) + " is missing in the bucket " + impl_->place.bucket + ".");
  }
  return std::move(answer.body);
}

bool Bucket::Has(std::string_view key) {
  return impl_->Send({Method::kHead, std::string(key), {}, {}}).status != 404;
}

void Bucket::List(std::string_view prefix, const std::function<void(ListedObject&&)>& each) {
  std::string token;
  std::int64_t count = 0;
  do {
    auto page = impl_->Page(prefix, token);
    if (!page.next.empty() && page.next == token) {
      throw Problem(ProblemKind::kMalformed,
                    impl_->place.endpoint + " lists the same page over and over.");
    }
    count += std::ssize(page.objects);
    if (count > kListedMax) {
      throw Problem(ProblemKind::kMalformed, impl_->place.endpoint + " lists more than " +
                                                 std::to_string(kListedMax) + " objects.");
    }
    for (auto& object : page.objects) {
      if (object.key.starts_with(prefix)) each(std::move(object));
    }
    token = std::move(page.next);
  } while (!token.empty());
}

void Bucket::Remove(std::string_view key) {
  impl_->Send({Method::kDelete, std::string(key), {}, {}});
}

void Bucket::Interrupt() { impl_->client.Interrupt(); }

}  // namespace outpost::objects
